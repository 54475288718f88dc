import { malformedFrame } from './frame-error.js';
import { count, duration, text } from './frame-field.js';
import type { Field } from './frame-field.js';

/**
 * Which incarnation of a supervised child a frame is for. Fences are ordered by term, node and life
 * of the owner, and sequence.
 */
export interface FrameFence {
  readonly term: number;
  readonly ownerId: string;
  readonly ownerNode: string;
  readonly ownerIncarnation: bigint;
  readonly sequence: number;
}

/** Parts that a frame may have whatever its kind. Each is there only when it is set. */
export interface FrameHeader {
  /** What is left of the sender's patience: a duration, for clocks of two nodes do not compare. */
  readonly deadlineMs?: number | undefined;
  /** The sender may yet take it back with an `abort` of the same call id. */
  readonly abortable?: boolean | undefined;
  /** The processes whose calls led to this one, oldest first. */
  readonly chain?: readonly string[] | undefined;
  readonly fence?: FrameFence | undefined;
}

/** One part of the header: the bit that says it is there, and how it lies after the flags. */
export interface HeaderPart {
  readonly name: keyof FrameHeader;
  readonly bit: number;
  readonly field: Field<unknown>;
}

/** Every part of the header, in the order they lie in a frame. */
export const HEADER_PARTS: readonly HeaderPart[] = [
  part('deadlineMs', 0x1, duration),
  part('abortable', 0x2, marker()),
  part('chain', 0x4, chain()),
  part('fence', 0x8, fence()),
];

/** The bits that this version knows. Any other bit in a frame's flags is an error. */
export const HEADER_BITS = HEADER_PARTS.reduce((bits, { bit }) => bits | bit, 0);

function part<Name extends keyof FrameHeader>(
  name: Name,
  bit: number,
  field: Field<NonNullable<FrameHeader[Name]>>,
): HeaderPart {
  return { name, bit, field };
}

// The bit alone says it.
function marker(): Field<boolean> {
  return { size: () => 0, write: () => undefined, read: () => true };
}

function chain(): Field<readonly string[]> {
  return {
    size: (ids) => ids.reduce((size, id) => size + text.size(id), 2),
    write: (writer, ids) => {
      if (ids.length > CHAIN_MAX) throw malformedFrame(`a chain of ${ids.length} calls`);
      writer.u16(ids.length);
      for (const id of ids) writer.text(id);
    },
    read: (reader) => {
      const ids: string[] = [];
      for (let left = reader.u16(); left > 0; left--) ids.push(reader.text());
      return ids;
    },
  };
}

function fence(): Field<FrameFence> {
  return {
    size: ({ ownerId, ownerNode }) => count.size(0) * 3 + text.size(ownerId) + text.size(ownerNode),
    write: (writer, { term, ownerId, ownerNode, ownerIncarnation, sequence }) => {
      writer.count(term);
      writer.text(ownerId);
      writer.text(ownerNode);
      writer.u64(ownerIncarnation);
      writer.count(sequence);
    },
    read: (reader) => ({
      term: reader.count(),
      ownerId: reader.text(),
      ownerNode: reader.text(),
      ownerIncarnation: reader.u64(),
      sequence: reader.count(),
    }),
  };
}

const CHAIN_MAX = 65_535;
