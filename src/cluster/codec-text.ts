declare global {
  // In every supported Node, and younger than the library that TypeScript is told to assume.
  interface String {
    isWellFormed(): boolean;
  }
}

/**
 * Whether UTF-8 keeps the text: half a surrogate pair has no UTF-8, and a decoder of UTF-8 takes
 * a leading U+FEFF for a byte order mark and drops it.
 */
export function survivesUtf8(text: string): boolean {
  return text.isWellFormed() && text.charCodeAt(0) !== 0xfeff;
}

/** Every code unit of the text, halves of surrogate pairs too, in an order no machine changes. */
export function toCodeUnits(text: string): Uint8Array {
  return Buffer.from(text, 'utf16le');
}

/** Undoes {@link toCodeUnits}. */
export function fromCodeUnits(bytes: Uint8Array): string {
  if (bytes.length % 2 !== 0) throw new RangeError('half a code unit at the end of a text');
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf16le');
}
