import { invariant } from './assert.js';

/** What a draw may be keyed by. Numbers are whole and safe: every engine reads those alike. */
export type HashPart = string | number | bigint;

/**
 * A whole number from 0 up to, not including, 2 ** 53 that depends on `seed` and `parts` alone.
 *
 * The same arguments give the same number on every machine and every version of Node: whoever
 * draws by key and not from one stream can leave a draw out and change no other one. Parts keep
 * their borders and their types: `('ab', 'c')`, `('a', 'bc')` and `1`, `'1'`, `1n` all differ.
 *
 * Fast and well spread, and no secret: who knows some outputs can work out the seed.
 */
export function keyedHash(seed: number, ...parts: readonly HashPart[]): number {
  const lanes: Lanes = { a: 0x243f6a88, b: 0x85a308d3 };
  absorbInteger(lanes, seed);
  for (const part of parts) absorb(lanes, part);
  return squeeze(lanes);
}

// Two lanes of 32 bits: plain numbers in registers, where 64-bit integers would be bigints.
interface Lanes {
  a: number;
  b: number;
}

function absorb(lanes: Lanes, part: HashPart): void {
  if (typeof part === 'string') absorbText(lanes, part, TEXT);
  else if (typeof part === 'number') absorbInteger(lanes, part);
  else absorbText(lanes, part.toString(16), BIGINT);
}

function absorbInteger(lanes: Lanes, value: number): void {
  invariant(Number.isSafeInteger(value), `a hash is keyed by whole, safe numbers, not ${value}`);
  absorbWord(lanes, INTEGER);
  absorbWord(lanes, value | 0);
  absorbWord(lanes, Math.floor(value / 2 ** 32) | 0);
}

function absorbText(lanes: Lanes, text: string, kind: number): void {
  absorbWord(lanes, kind);
  absorbWord(lanes, text.length);
  for (let index = 0; index + 1 < text.length; index += 2) {
    absorbWord(lanes, text.charCodeAt(index) | (text.charCodeAt(index + 1) << 16));
  }
  if (text.length % 2 === 1) absorbWord(lanes, text.charCodeAt(text.length - 1));
}

// For a fixed word each step can be undone, and for a fixed state two words never lead to the same
// one: nothing that was absorbed is lost before the end.
function absorbWord(lanes: Lanes, word: number): void {
  lanes.a = (Math.imul(rotate(lanes.a, 13) ^ word, 0x9e3779b1) + 0x38d01377) | 0;
  lanes.b = (Math.imul(rotate(lanes.b, 7) ^ Math.imul(word, 0xc2b2ae35), 0x85ebca6b) ^ lanes.a) | 0;
}

function squeeze(lanes: Lanes): number {
  const low = scatter(lanes.a ^ scatter(lanes.b));
  const high = scatter(lanes.b ^ rotate(low, 16));
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}

/** Lets every bit of the word reach every other one; loses nothing. */
function scatter(word: number): number {
  let mixed = word;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

const INTEGER = 0x11;
const TEXT = 0x22;
const BIGINT = 0x33;
