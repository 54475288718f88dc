import type { Random } from '../../platform/platform.js';

/** Bytes of a stream on which nothing is as it should be: so many drawn frames. */
export function randomFrames(random: Random, count: number): Uint8Array {
  return Buffer.concat(Array.from({ length: count }, () => randomFrame(random)));
}

/** One frame with its prefix: of drawn bytes, or of what begins like something that is known. */
export function randomFrame(random: Random): Uint8Array {
  const draw = random.below(8);
  if (draw === 0) return drawn(random, 1 + random.below(40));
  const beginning = BEGINNINGS[random.below(BEGINNINGS.length)] as readonly number[];
  const content = Buffer.concat([Uint8Array.from(beginning), drawn(random, random.below(120))]);
  const kind = draw === 1 ? random.below(4) : 0;
  const prefix = Uint8Array.of(kind << 6, 0, content.length >> 8, content.length & 0xff);
  return Buffer.concat([prefix, content]);
}

function drawn(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}

// Nothing, the challenge, and frames of a cluster: those of the join, a call, a start.
const BEGINNINGS: readonly (readonly number[])[] = [
  [],
  [0xfa, 0x75, 0x6c, 0x74, 0],
  [0xfa, 0x75, 0x6c, 0x74, 1],
  [0xfa, 0x75, 0x6c, 0x74, 2],
  [1, 1, 0, 0],
  [1, 4, 0, 0],
  [1, 6, 0, 0],
  [1, 16, 0, 0],
  [1, 48, 0, 0],
];
