import type { Entropy, Random } from '../../src/platform/platform.js';
import { forbidden, restricted } from './forbidden.js';

/** What `Math.random` gives: 53 bits from the node's seed. */
export function chance(random: Random): number {
  return (random.below(2 ** 26) * 2 ** 27 + random.below(2 ** 27)) / 2 ** 53;
}

/** The global `crypto`: its randomness is seeded, `subtle` is forbidden. */
export function virtualWebCrypto(entropy: Entropy): Record<string, unknown> {
  return {
    getRandomValues: <V extends ArrayBufferView>(view: V): V => fill(entropy, view),
    randomUUID: () => uuid(entropy),
    subtle: new Proxy({}, { get: (_target, key) => forbidden(`crypto.subtle.${String(key)}`) }),
  };
}

/** `node:crypto`: hashes stay native, randomness is seeded, work on other threads is forbidden. */
export function virtualCrypto(original: object, entropy: Entropy): Record<string, unknown> {
  const webcrypto = virtualWebCrypto(entropy);
  return {
    ...restricted('crypto', original, { forbid: ASYNCHRONOUS }),
    randomBytes: (size: number, done?: (error: null, bytes: Buffer) => void) => {
      const bytes = Buffer.from(entropy.bytes(size));
      if (done === undefined) return bytes;
      process.nextTick(done, null, bytes);
      return undefined;
    },
    randomFillSync: (view: ArrayBufferView) => fill(entropy, view),
    randomInt: (...args: unknown[]) => integer(entropy, args),
    randomUUID: () => uuid(entropy),
    getRandomValues: webcrypto['getRandomValues'],
    webcrypto,
    subtle: webcrypto['subtle'],
  };
}

function fill<V extends ArrayBufferView>(entropy: Entropy, view: V): V {
  new Uint8Array(view.buffer, view.byteOffset, view.byteLength).set(entropy.bytes(view.byteLength));
  return view;
}

function uuid(entropy: Entropy): string {
  const bytes = entropy.bytes(16);
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80;
  const hex = Buffer.from(bytes).toString('hex');
  return [0, 8, 12, 16, 20].map((at, n) => hex.slice(at, [8, 12, 16, 20, 32][n])).join('-');
}

function integer(entropy: Entropy, args: unknown[]): number | undefined {
  const numbers = args.filter((arg): arg is number => typeof arg === 'number');
  const [min, max] =
    numbers.length === 1 ? [0, numbers[0] as number] : (numbers as [number, number]);
  const view = new DataView(entropy.bytes(8).buffer);
  const wide = (view.getUint32(0) >>> 11) * 2 ** 32 + view.getUint32(4);
  const drawn = min + (wide % (max - min));
  const done = args.at(-1);
  if (typeof done !== 'function') return drawn;
  process.nextTick(done, null, drawn);
  return undefined;
}

const ASYNCHRONOUS = [
  'pbkdf2',
  'scrypt',
  'hkdf',
  'randomFill',
  'generateKey',
  'generateKeyPair',
  'generateKeyPairSync',
  'generateKeySync',
  'generatePrime',
  'generatePrimeSync',
  'checkPrime',
];
