/** What holds raw bytes, and how to hold bytes that came. */
export interface BinaryKind {
  readonly prototype: object;
  /** Takes `buffer` over whole. Throws when its length does not fit the kind's elements. */
  revive(buffer: ArrayBuffer): object;
}

/**
 * Every kind of binary value that crosses, numbered by its place: append, never reorder.
 *
 * A view takes the bytes it shows with it and comes back over a buffer of its own. Elements cross
 * in the machine's order, which is little-endian wherever Node is usually run.
 */
export const BINARY_KINDS: readonly BinaryKind[] = [
  { prototype: ArrayBuffer.prototype, revive: (buffer) => buffer },
  { prototype: DataView.prototype, revive: (buffer) => new DataView(buffer) },
  { prototype: Buffer.prototype as object, revive: (buffer) => Buffer.from(buffer) },
  { prototype: Int8Array.prototype, revive: (buffer) => new Int8Array(buffer) },
  { prototype: Uint8Array.prototype, revive: (buffer) => new Uint8Array(buffer) },
  { prototype: Uint8ClampedArray.prototype, revive: (buffer) => new Uint8ClampedArray(buffer) },
  { prototype: Int16Array.prototype, revive: (buffer) => new Int16Array(buffer) },
  { prototype: Uint16Array.prototype, revive: (buffer) => new Uint16Array(buffer) },
  { prototype: Int32Array.prototype, revive: (buffer) => new Int32Array(buffer) },
  { prototype: Uint32Array.prototype, revive: (buffer) => new Uint32Array(buffer) },
  { prototype: Float32Array.prototype, revive: (buffer) => new Float32Array(buffer) },
  { prototype: Float64Array.prototype, revive: (buffer) => new Float64Array(buffer) },
  { prototype: BigInt64Array.prototype, revive: (buffer) => new BigInt64Array(buffer) },
  { prototype: BigUint64Array.prototype, revive: (buffer) => new BigUint64Array(buffer) },
];

/** The number of the kind whose instances have just this prototype; -1 for every other object. */
export function binaryKindOf(prototype: unknown): number {
  return BINARY_KINDS.findIndex((kind) => kind.prototype === prototype);
}

/** The bytes that a binary value shows, not copied. Throws when it only looks like one. */
export function bytesOf(value: object): Uint8Array {
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
  }
  const { byteLength } = value as ArrayBuffer;
  return new Uint8Array(value as ArrayBuffer, 0, byteLength);
}
