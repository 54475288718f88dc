import { describe } from '../base/errors.js';
import type { ExitReason } from '../runtime/exit-reason.js';
import type { Codec } from './codec.js';
import { malformedFrame } from './frame-error.js';

/**
 * The reason of an end as bytes, whatever is in it: an end that cannot be told would leave its
 * watchers waiting for ever. A reason that is too large for a frame crosses in a few words.
 */
export function packReason(codec: Codec, reason: ExitReason): Uint8Array {
  const bytes = codec.packLeniently(isReason(reason) ? reason : unknownReason(reason));
  return bytes.length <= REASON_BYTES_MAX ? bytes : codec.packLeniently(inBrief(reason));
}

/** Reads what {@link packReason} made; throws a FrameError on anything that is no reason. */
export function readReason(codec: Codec, bytes: Uint8Array): ExitReason {
  const value = codec.decode(bytes);
  if (!isReason(value)) throw malformedFrame(`${describe(value)} for the reason of an end`);
  return value;
}

function isReason(value: unknown): value is ExitReason {
  if (typeof value === 'string') return Object.hasOwn(WORDS, value);
  if (typeof value !== 'object' || value === null) return false;
  if (Object.hasOwn(value, 'error')) return (value as { error: unknown }).error instanceof Error;
  return Object.hasOwn(value, 'shutdown');
}

function unknownReason(value: unknown): ExitReason {
  return { error: new Error(`ended for a reason that is none: ${describe(value)}`) };
}

function inBrief(reason: ExitReason): ExitReason {
  if (typeof reason === 'string') return reason;
  if ('shutdown' in reason) return { shutdown: 'too large to cross' };
  const { name, message } = reason.error;
  const error = new Error(message.slice(0, BRIEF_CHARACTERS));
  error.name = name.slice(0, BRIEF_CHARACTERS);
  return { error };
}

const WORDS = {
  normal: true,
  shutdown: true,
  killed: true,
  noproc: true,
  noconnection: true,
} satisfies Record<Extract<ExitReason, string>, true>;

const REASON_BYTES_MAX = 2 ** 20;
const BRIEF_CHARACTERS = 1000;
