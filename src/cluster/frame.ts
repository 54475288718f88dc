import { FrameError, malformedFrame } from './frame-error.js';
import { HEADER_BITS, HEADER_PARTS } from './frame-header.js';
import { FRAME_KINDS, kindByNumber } from './frame-kind.js';
import type { Frame, KindRow } from './frame-kind.js';
import { MessageReader } from './message-reader.js';
import { MessageRoom } from './message-room.js';
import { WireReader } from './wire-reader.js';
import { WireWriter } from './wire-writer.js';

export type { FrameFence, FrameHeader } from './frame-header.js';
export type { Frame, FrameKind, FrameOf } from './frame-kind.js';

export interface FrameLimits {
  /** The largest frame in bytes, header included; {@link FRAME_BYTES_MAX} unless told. */
  readonly frameBytesMax?: number;
}

/**
 * One frame as bytes, which a link may take over.
 *
 * A frame is: version, kind, two bytes of flags, the header parts that the flags name, the fields
 * of the kind, the payload up to the end. Throws {@link FrameError} on a frame that is too large,
 * and on fields that no frame may have.
 *
 * With a `room` a small frame may lie among others in a larger buffer, which nobody may give away;
 * a large one has a buffer of its own all the same.
 */
export function encodeFrame(
  frame: Frame,
  limits: FrameLimits = NO_LIMITS,
  room?: MessageRoom,
): Uint8Array {
  const quick = room?.write(frame);
  if (quick !== undefined) {
    checkSize(quick.length, limits);
    return quick;
  }
  const row: KindRow = FRAME_KINDS[frame.kind];
  const parts = frame as unknown as Readonly<Record<string, unknown>>;
  const sizeBytes = sizeOf(parts, row);
  checkSize(sizeBytes, limits);
  const writer = new WireWriter(sizeBytes);
  writer.u8(PROTOCOL_VERSION);
  writer.u8(row.number);
  writer.u16(flagsOf(parts));
  for (const { name, field } of HEADER_PARTS) {
    if (isSet(parts[name])) field.write(writer, parts[name]);
  }
  for (const name in row.fields) row.fields[name]?.write(writer, parts[name]);
  if (row.payload !== undefined) writer.raw(parts[row.payload] as Uint8Array);
  return writer.bytes;
}

/**
 * The frame that the bytes are. Its payload is a view of them. Throws {@link FrameError} on
 * everything that `encodeFrame` does not make: after that the link cannot be trusted.
 */
export function decodeFrame(
  bytes: Uint8Array,
  limits: FrameLimits = NO_LIMITS,
  messages?: MessageReader,
): Frame {
  checkSize(bytes.length, limits);
  const quick = messages?.read(bytes);
  if (quick !== undefined) return quick;
  const [kind, row] = readKind(bytes);
  const reader = new WireReader(bytes, 2);
  const flags = reader.u16();
  if ((flags & ~HEADER_BITS) !== 0) {
    throw new FrameError('unknown-header', `Expected header flags of version ${PROTOCOL_VERSION}`);
  }
  const frame: Record<string, unknown> = { kind };
  for (const { name, bit, field } of HEADER_PARTS) {
    if ((flags & bit) !== 0) frame[name] = field.read(reader);
  }
  for (const name in row.fields) {
    const value: unknown = row.fields[name]?.read(reader);
    if (value !== undefined) frame[name] = value;
  }
  const rest = reader.rest();
  if (row.payload !== undefined) frame[row.payload] = rest;
  else if (rest.length > 0) throw malformedFrame(`${rest.length} bytes after the end of a ${kind}`);
  return frame as unknown as Frame;
}

/** The version that the first byte of every frame names. */
export const PROTOCOL_VERSION = 1;

/** What spares one owner of links the most of what small calls, casts and replies cost. */
export function messageRoom(): MessageRoom {
  return new MessageRoom(PROTOCOL_VERSION);
}

/** As {@link messageRoom}, for reading. */
export function messageReader(): MessageReader {
  return new MessageReader(PROTOCOL_VERSION);
}

/** How large a frame may be unless a node is told otherwise: 16 MiB. */
export const FRAME_BYTES_MAX = 16 * 2 ** 20;

function readKind(bytes: Uint8Array): readonly [kind: string, row: KindRow] {
  const [version, number] = bytes;
  if (version === undefined || number === undefined) throw malformedFrame('next to nothing');
  if (version !== PROTOCOL_VERSION) {
    throw new FrameError(
      'unknown-version',
      `Expected protocol version ${PROTOCOL_VERSION}, got ${version}; run one version of faultline`,
    );
  }
  const known = kindByNumber(number);
  if (known === undefined) {
    throw new FrameError('unknown-kind', `Expected a kind of frame, got number ${number}`);
  }
  return known;
}

function sizeOf(parts: Readonly<Record<string, unknown>>, row: KindRow): number {
  let sizeBytes = FIXED_BYTES;
  for (const { name, field } of HEADER_PARTS) {
    if (isSet(parts[name])) sizeBytes += field.size(parts[name]);
  }
  for (const name in row.fields) sizeBytes += row.fields[name]?.size(parts[name]) ?? 0;
  if (row.payload !== undefined) sizeBytes += (parts[row.payload] as Uint8Array).length;
  return sizeBytes;
}

function flagsOf(parts: Readonly<Record<string, unknown>>): number {
  let flags = 0;
  for (const { name, bit } of HEADER_PARTS) if (isSet(parts[name])) flags |= bit;
  return flags;
}

// A header part that is false says the same as one that is missing.
function isSet(part: unknown): boolean {
  return part !== undefined && part !== false;
}

function checkSize(sizeBytes: number, { frameBytesMax = FRAME_BYTES_MAX }: FrameLimits): void {
  if (sizeBytes <= frameBytesMax) return;
  throw new FrameError(
    'oversized',
    `Expected a frame of at most ${frameBytesMax} bytes, got ${sizeBytes}; ` +
      'send it in parts, or raise { frameBytesMax } on every node',
  );
}

const NO_LIMITS: FrameLimits = {};
// Version, kind and flags.
const FIXED_BYTES = 4;
