/** Functions that threads run in the tests of the pool. */
import { isMainThread, threadId } from 'node:worker_threads';
import { doubled } from './doubled.js';

export function twice(value: number): number {
  return doubled(value);
}

export function whereAmI(): { isMainThread: boolean; threadId: number } {
  return { isMainThread, threadId };
}

/** Says that it began, then keeps its processor busy until it is told to end. */
export function holdUntilTold(flags: SharedArrayBuffer, value: string): string {
  const view = new Int32Array(flags);
  Atomics.store(view, BEGUN, 1);
  Atomics.notify(view, BEGUN);
  while (Atomics.load(view, TOLD) === 0) Math.sqrt(Math.PI);
  return value;
}

export function fail(): never {
  throw Object.assign(new RangeError('too much'), { code: 'ERR_TOO_MUCH' });
}

export function die(): never {
  process.exit(3);
}

export function unclonable(): () => number {
  return () => 1;
}

export function measure(bytes: Uint8Array): number {
  return bytes.byteLength;
}

export const place = import.meta.url;

export function whereFrom(): string {
  return place;
}

const BEGUN = 0;
const TOLD = 1;
