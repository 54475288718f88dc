import type { Entropy } from '../platform/platform.js';

/** So many random bytes as hexadecimal digits, two for each: nobody else draws the same. */
export function drawnDigits(entropy: Entropy, bytes: number): string {
  return Array.from(entropy.bytes(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
