import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Codec } from '../src/cluster/codec.js';
import { MessageSerializationError } from '../src/cluster/codec-error.js';
import { FrameError } from '../src/cluster/frame-error.js';
import { decodeFrame, encodeFrame } from '../src/cluster/frame.js';
import type { Frame } from '../src/cluster/frame.js';
import { anyText, culprit, payload, plainPayload } from './arbitraries/payload.js';

const codec = new Codec();

describe('the codec', () => {
  it('brings back whatever may cross as it was, shared and cyclic parts included', () => {
    law(fc.oneof(payload(), plainPayload()), (value) => {
      expect(difference(codec.decode(codec.encode(value)), value)).toBeUndefined();
    });
  });

  it('writes what came back into the same bytes', () => {
    law(fc.oneof(payload(), plainPayload()), (value) => {
      const bytes = codec.encode(value);
      expect(codec.encode(value)).toEqual(bytes);
      expect(new Codec().encode(codec.decode(bytes))).toEqual(bytes);
    });
  });

  it('makes bytes that fill their buffer to the last byte', () => {
    law(payload(), (value) => {
      const bytes = codec.encode(value);
      expect(bytes.constructor).toBe(Uint8Array);
      expect(bytes.buffer.byteLength).toBe(bytes.length);
    });
  });

  it('neither keeps nor changes the bytes that it reads', () => {
    law(payload(), (value) => {
      const bytes = codec.encode(value);
      const copy = bytes.slice();
      const read = codec.decode(bytes);
      expect(bytes).toEqual(copy);
      bytes.fill(0xff);
      expect(difference(read, value)).toBeUndefined();
    });
  });

  it('names the path to the one part that cannot cross', () => {
    const step = fc.oneof(fc.nat(5), fc.constantFrom('user', 'b', '_x9'));
    law(fc.tuple(fc.array(step, { maxLength: 8 }), culprit()), ([path, { value, words }]) => {
      const whole = path.reduceRight<unknown>((inner, at) => nest(at, inner), value);
      const text = path.map((at) => (typeof at === 'number' ? `[${at}]` : `.${at}`)).join('');
      expect(() => codec.encode(whole, 'args')).toThrow(`Cannot send args${text}: ${words}; `);
    });
  });

  it('sends a reason whatever is in it', () => {
    const odd = fc.array(fc.oneof(culprit(), payload()), { maxLength: 4 });
    law(odd, (parts) => {
      const reason = Object.assign(new Error('broken'), { parts });
      const read = codec.decode(codec.packLeniently(reason)) as Error;
      expect(read).toBeInstanceOf(Error);
      expect(read.message).toBe('broken');
    });
  });

  it('reads any bytes as a value or not at all', () => {
    const forms = fc.constantFrom([], [0], [1]);
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 200 }), tokens());
    law(fc.tuple(forms, bytes), ([form, body]) => {
      readOrRefuse(Uint8Array.from([...form, ...body]));
    });
  });

  it('reads a message that was tampered with as a value or not at all', () => {
    law(fc.tuple(payload(), tampering()), ([value, tamper]) => {
      readOrRefuse(tamper(codec.encode(value)));
    });
  });

  it('refuses every message that is cut short', () => {
    law(fc.tuple(payload(), fc.double({ min: 0, max: 0.999, noNaN: true })), ([value, share]) => {
      const bytes = codec.encode(value);
      const cut = bytes.subarray(0, Math.floor(bytes.length * share));
      expect(() => codec.decode(cut)).toThrow(MessageSerializationError);
    });
  });
});

describe('a frame', () => {
  it('comes back as it was', () => {
    law(frame(), (sent) => {
      expect(decodeFrame(encodeFrame(sent))).toEqual(withoutGaps(sent));
    });
  });

  it('of any bytes is a frame or a typed error', () => {
    const headed = fc
      .tuple(fc.nat(60), fc.nat(15), fc.uint8Array({ maxLength: 120 }))
      .map(([kind, flags, rest]) => Uint8Array.from([1, kind, 0, flags, ...rest]));
    law(fc.oneof(fc.uint8Array(), headed), frameOrRefuse);
  });

  it('that was tampered with is a frame or a typed error', () => {
    law(fc.tuple(frame(), tampering()), ([sent, tamper]) => {
      frameOrRefuse(tamper(encodeFrame(sent)));
    });
  });

  it('is the only one with its bytes', () => {
    law(fc.tuple(frame(), tampering()), ([sent, tamper]) => {
      const bytes = tamper(encodeFrame(sent));
      const read = frameOrRefuse(bytes);
      if (read !== undefined) expect(encodeFrame(read)).toEqual(bytes);
    });
  });
});

function law<Value>(arbitrary: fc.Arbitrary<Value>, holds: (value: Value) => unknown): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      holds(value);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 400 },
  );
}

function readOrRefuse(bytes: Uint8Array): void {
  const before = Object.getOwnPropertyNames(Object.prototype).length;
  const read = readMaybe(bytes);
  // What came is a value like any other: nothing in it that could not be sent on.
  if (read !== undefined) codec.encode(read.value);
  expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(before);
  expect(codec.decode(codec.encode({ still: ['well'] }))).toEqual({ still: ['well'] });
}

function readMaybe(bytes: Uint8Array): { readonly value: unknown } | undefined {
  try {
    return { value: codec.decode(bytes) };
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(MessageSerializationError);
    return undefined;
  }
}

function frameOrRefuse(bytes: Uint8Array): Frame | undefined {
  try {
    return decodeFrame(bytes);
  } catch (thrown) {
    expect(thrown).toBeInstanceOf(FrameError);
    return undefined;
  }
}

function nest(at: number | string, inner: unknown): unknown {
  if (typeof at === 'string') return { before: 1, [at]: inner };
  return [...Array.from({ length: at }, () => 'before'), inner];
}

/** Bytes that often begin something: lengths, extensions, containers. */
function tokens(): fc.Arbitrary<Uint8Array> {
  const token = fc.oneof(
    fc.constantFrom(0x80, 0x81, 0x90, 0x92, 0x94, 0xa1, 0x61, 0xc1, 0xc4, 0xc6, 0xc7, 0xc9, 0xd4),
    fc.constantFrom(0xd5, 0xd6, 0xd8, 0xd9, 0xdb, 0xdc, 0xdd, 0xde, 0xdf, 0x72, 0x70, 0x69, 0xff),
    fc.nat(16),
    fc.nat(255),
  );
  return fc
    .oneof(fc.array(token, { maxLength: 60 }), fc.array(token, { minLength: 1, maxLength: 3 }))
    .map((values) => Uint8Array.from(values));
}

function tampering(): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> {
  const share = fc.double({ min: 0, max: 1, noNaN: true });
  const flip = fc.tuple(share, fc.nat(255)).map(([at, byte]) => (bytes: Uint8Array) => {
    const changed = bytes.slice();
    changed[Math.floor(at * (bytes.length - 1))] = byte;
    return changed;
  });
  const insert = fc
    .tuple(share, fc.uint8Array({ maxLength: 8 }))
    .map(([at, more]) => (bytes: Uint8Array) => {
      const point = Math.floor(at * bytes.length);
      return Uint8Array.from([...bytes.slice(0, point), ...more, ...bytes.slice(point)]);
    });
  const drop = fc.tuple(share, share).map(([left, right]) => (bytes: Uint8Array) => {
    const [from, to] = [left, right].map((at) => Math.floor(at * bytes.length));
    return Uint8Array.from([...bytes.slice(0, from), ...bytes.slice(to)]);
  });
  return fc.oneof(flip, insert, drop);
}

function frame(): fc.Arbitrary<Frame> {
  const id = anyText().filter((text) => text.isWellFormed());
  const count = fc.maxSafeNat();
  const ms = fc.double({ min: 0, max: 1e12, noNaN: true }).map((value) => value + 0);
  const bytes = fc.uint8Array({ maxLength: 64 });
  const maybe = <Value>(of: fc.Arbitrary<Value>) => fc.option(of, { nil: undefined });
  const header = fc.record({
    deadlineMs: maybe(ms),
    abortable: fc.constantFrom(true, undefined),
    chain: maybe(fc.array(id, { maxLength: 4 })),
    fence: maybe(
      fc.record({
        term: count,
        ownerId: id,
        ownerNode: id,
        ownerIncarnation: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        sequence: count,
      }),
    ),
  });
  const body: fc.Arbitrary<Frame> = fc.oneof(
    fc.record({ kind: fc.constant('hello' as const), payload: bytes }),
    fc.record({ kind: fc.constantFrom('ready' as const, 'leave' as const) }),
    fc.record({ kind: fc.constant('heartbeat' as const), processCount: count, sequence: count }),
    fc.record({
      kind: fc.constant('call' as const),
      callId: count,
      to: id,
      from: maybe(id),
      message: bytes,
    }),
    fc.record({
      kind: fc.constant('reply' as const),
      callId: count,
      ok: fc.boolean(),
      value: bytes,
    }),
    fc.record({
      kind: fc.constant('stop' as const),
      to: id,
      callId: maybe(count),
      timeoutMs: maybe(ms),
      reason: bytes,
    }),
    fc.record({
      kind: fc.constant('down' as const),
      to: id,
      from: id,
      monitorId: id,
      reason: bytes,
    }),
    fc.record({
      kind: fc.constant('spawn' as const),
      callId: count,
      behavior: id,
      name: maybe(id),
      registration: fc.constantFrom('local', 'global', 'none'),
      initTimeoutMs: maybe(ms),
      from: maybe(id),
      monitorId: maybe(id),
      linked: fc.boolean(),
      args: bytes,
    }),
    fc.record({ kind: fc.constant('control' as const), topic: id, payload: bytes }),
  );
  return fc.tuple(header, body).map(([parts, rest]) => ({ ...parts, ...rest }));
}

function withoutGaps(value: Frame): object {
  return Object.fromEntries(Object.entries(value).filter(([, part]) => part !== undefined));
}

/** Where two values differ, sharing included; undefined when one is a true copy of the other. */
function difference(left: unknown, right: unknown): string | undefined {
  const pairs = new Map<unknown, unknown>();
  const backwards = new Map<unknown, unknown>();
  return compare(left, right, 'it');

  function compare(a: unknown, b: unknown, at: string): string | undefined {
    if (typeof b !== 'object' || b === null) {
      return Object.is(a, b) ? undefined : `${at} is ${String(a)}, not ${String(b)}`;
    }
    if (pairs.has(b) || backwards.has(a)) {
      const isSame = pairs.get(b) === a && backwards.get(a) === b;
      return isSame ? undefined : `${at} is shared otherwise`;
    }
    if (typeof a !== 'object' || a === null) return `${at} is no object`;
    pairs.set(b, a);
    backwards.set(a, b);
    if (Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return `${at} is of another class`;
    return compareParts(partsOf(a), partsOf(b), at);
  }

  function compareParts(a: unknown[], b: unknown[], at: string): string | undefined {
    if (a.length !== b.length) return `${at} has ${a.length} parts, not ${b.length}`;
    for (const [index, part] of b.entries()) {
      const found = compare(a[index], part, `${at}/${index}`);
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

function partsOf(value: object): unknown[] {
  if (value instanceof Date) return [value.getTime()];
  if (value instanceof RegExp) return [value.source, value.flags];
  if (value instanceof Map) return [...value.entries()].flat(1);
  if (value instanceof Set) return [...value];
  if (value instanceof ArrayBuffer) return [...new Uint8Array(value)];
  if (ArrayBuffer.isView(value)) {
    return [...new Uint8Array(value.buffer, value.byteOffset, value.byteLength)];
  }
  const own: unknown[] = Object.entries(value).flat(1);
  if (!(value instanceof Error)) return own;
  const errors = value instanceof AggregateError ? (value.errors as unknown) : undefined;
  const { name, message, cause } = value;
  return [name, message, Object.hasOwn(value, 'cause'), cause, errors, ...own];
}
