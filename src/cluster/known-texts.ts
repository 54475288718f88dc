/**
 * Short texts that came lately. The ids of servers come in message after message: one that is known
 * is found by its bytes, and costs neither a new string nor the hash of one.
 */
export class KnownTexts {
  readonly #texts: string[] = new Array<string>(PLACES).fill('');

  /**
   * The text of the `size` bytes from `start` on, which are there; `undefined` when they are more
   * than ASCII.
   */
  read(bytes: Uint8Array, start: number, size: number): string | undefined {
    // Ids differ at their end.
    const last = bytes[start + size - 1] ?? 0;
    const place = (size * 31 + last * 7 + (bytes[start + size - 2] ?? 0)) & (PLACES - 1);
    const known = this.#texts[place] as string;
    if (known.length === size && isAt(known, bytes, start)) return known;
    const text = asciiText(bytes, start, size);
    if (text !== undefined && size <= KEPT_CHARACTERS_MAX) this.#texts[place] = text;
    return text;
  }
}

function isAt(text: string, bytes: Uint8Array, start: number): boolean {
  for (let index = text.length - 1; index >= 0; index--) {
    if (text.charCodeAt(index) !== bytes[start + index]) return false;
  }
  return true;
}

function asciiText(bytes: Uint8Array, start: number, size: number): string | undefined {
  for (let index = start; index < start + size; index++) {
    if ((bytes[index] as number) >= 0x80) return undefined;
  }
  return Buffer.from(bytes.buffer, bytes.byteOffset + start, size).toString('latin1');
}

// A power of two.
const PLACES = 64;
const KEPT_CHARACTERS_MAX = 255;
