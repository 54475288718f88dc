import { demand } from './law-broken.js';

/** Who received what. */
export interface Received {
  readonly name: string;
  readonly frames: readonly Uint8Array[];
}

/** A frame of `size` bytes that no other `(stream, sequence)` has, unless it is very short. */
export function frameOf(stream: number, sequence: number, size = 16): Uint8Array {
  const frame = new Uint8Array(size);
  let state = (Math.imul(stream + 1, 0x9e3779b1) ^ Math.imul(sequence + 1, 0x85ebca6b)) >>> 0;
  for (let index = 0; index < size; index++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    frame[index] = state >>> 24;
  }
  return frame;
}

/** The frames 0 to `count - 1` of a stream. */
export function framesOf(stream: number, count: number, size?: number): Uint8Array[] {
  return Array.from({ length: count }, (_, sequence) => frameOf(stream, sequence, size));
}

/** Demands that `link` got these frames, in this order, and no others. */
export function demandFrames(link: Received, expected: readonly Uint8Array[]): void {
  demandPrefix(link, expected);
  demand(
    link.frames.length === expected.length,
    `${link.name} gets all ${expected.length} frames, but it got ${link.frames.length}`,
  );
}

/** Demands that `link` got the first of these frames, perhaps all, and no others. */
export function demandPrefix(link: Received, sent: readonly Uint8Array[]): void {
  for (const [index, frame] of link.frames.entries()) {
    const expected = sent[index];
    demand(
      expected !== undefined,
      `${link.name} gets only frames that were sent, but frame ${index} was not`,
    );
    demand(
      sameBytes(frame, expected),
      `${link.name} gets frames unchanged and in order, but frame ${index} (${frame.length} ` +
        `bytes) is not the one that was sent (${expected.length} bytes)`,
    );
  }
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
