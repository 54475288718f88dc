// The quick ways for small messages must never show: not in the bytes, nor in what is read of them.
import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { Packr } from 'msgpackr/index-no-eval';
import { describe, expect, it } from 'vitest';
import { PACKR_OPTIONS } from '../src/cluster/codec.js';
import { guardMessage } from '../src/cluster/codec-guard.js';
import { isPlain } from '../src/cluster/codec-plain.js';
import { QuickReader, UNREAD } from '../src/cluster/codec-quick-reader.js';
import { QuickWriter } from '../src/cluster/codec-quick-writer.js';
import { decodeFrame, encodeFrame, messageReader, messageRoom } from '../src/cluster/frame.js';
import type { Frame } from '../src/cluster/frame.js';
import { anyText, payload, plainPayload } from './arbitraries/payload.js';

const packr = new Packr(PACKR_OPTIONS);

describe('a message that was written in one go', () => {
  const writer = new QuickWriter(false);

  it('has the bytes that msgpackr makes, and is one that msgpack carries', () => {
    law(fc.oneof(smallMessage(), plainPayload(), payload()), (value) => {
      const bytes = writer.write(0, value);
      if (bytes === undefined) return;
      expect(isPlain(value, false)).toBe(true);
      expect([...bytes.subarray(1)]).toEqual([...packr.pack(value)]);
    });
  });

  it('keeps its bytes whatever is written after it', () => {
    const all = fc.array(smallMessage(), { minLength: 50, maxLength: 120 });
    fc.assert(
      fc.property(all, (values) => {
        const written = values.map((value) => writer.write(0, value));
        const copies = written.map((bytes) => bytes?.slice());
        for (const value of values) writer.write(0, value);
        expect(written.map((bytes) => bytes?.slice())).toEqual(copies);
      }),
      { numRuns: 20 },
    );
  });

  it('is what most messages are', () => {
    const row = { type: 'add', account: 'alice', amount: 17.5, tags: ['cash', 'today'], by: -3 };
    for (const value of [row, 'text', 7, null, undefined, true, [], {}, [[row], { row: 1e9 }]]) {
      expect(writer.write(0, value)).toBeDefined();
    }
  });

  it('may be asked for by a getter of another', () => {
    const outer = {
      get inner(): boolean {
        return writer.write(0, { more: 1 }) === undefined;
      },
      last: 'part',
    };
    const bytes = writer.write(0, outer);
    expect(packr.unpack(bytes!.slice(1))).toEqual({ inner: true, last: 'part' });
    const broken = {
      get part(): never {
        throw new RangeError('no part');
      },
    };
    expect(() => writer.write(0, broken)).toThrow('no part');
    expect(writer.write(0, 'well')).toBeDefined();
  });
});

describe('a message that was read in one go', () => {
  const reader = new QuickReader();

  it('is what msgpackr reads, and nothing that the guard would refuse', () => {
    const plain = fc.oneof(smallMessage(), plainPayload()).filter((value) => isPlain(value, true));
    const bytes = fc.oneof(
      plain.map((value) => packed(value)),
      fc.tuple(plain, change()).map(([value, changed]) => changed(packed(value))),
      fc.uint8Array({ maxLength: 24 }),
    );
    law(bytes, (body) => {
      const value = reader.read(Uint8Array.of(0, ...body), 1);
      if (value === UNREAD) return;
      guardMessage(body, 'plain');
      expect(isDeepStrictEqual(value, packr.unpack(body.slice()))).toBe(true);
    });
  });

  it('is what most messages are', () => {
    for (const value of [{ type: 'add', amount: -17.5, tags: [1, 2 ** 31, -5, -300] }, 'x', null]) {
      expect(reader.read(packed(value), 0)).toEqual(value);
    }
  });
});

describe('a frame that was made in a room', () => {
  const room = messageRoom();

  it('has the bytes that it has outside of one', () => {
    law(messageFrame(), (frame) => {
      expect([...encodeFrame(frame, {}, room)]).toEqual([...encodeFrame(frame)]);
    });
  });

  it('keeps its bytes whatever is made after it', () => {
    const all = fc.array(messageFrame(), { minLength: 400, maxLength: 600 });
    fc.assert(
      fc.property(all, (frames) => {
        const made = frames.map((frame) => encodeFrame(frame, {}, room));
        const alone = frames.map((frame) => encodeFrame(frame));
        expect(made.every((bytes, at) => Buffer.compare(bytes, alone[at]!) === 0)).toBe(true);
      }),
      { numRuns: 10 },
    );
  });

  it('is refused there as well when no frame may be like it', () => {
    const message = new Uint8Array(100);
    const broken: Frame[] = [
      { kind: 'call', callId: -1, to: 'p', message },
      { kind: 'reply', callId: 1.5, ok: true, value: message },
      { kind: 'cast', to: 'p', message, deadlineMs: NaN },
      { kind: 'cast', to: 'x'.repeat(70_000), message },
    ];
    for (const frame of broken) expect(() => encodeFrame(frame, {}, room)).toThrow();
    const large: Frame = { kind: 'cast', to: 'p', message };
    expect(() => encodeFrame(large, { frameBytesMax: 100 }, room)).toThrow('at most 100 bytes');
  });
});

describe('a frame that is read quickly', () => {
  const messages = messageReader();

  it('is the one that is read by the table, or refused like it', () => {
    const bytes = fc.oneof(
      messageFrame().map((frame) => encodeFrame(frame)),
      fc.tuple(messageFrame(), change()).map(([frame, changed]) => changed(encodeFrame(frame))),
    );
    law(bytes, (each) => {
      expect(outcome(() => decodeFrame(each, {}, messages))).toEqual(
        outcome(() => decodeFrame(each)),
      );
    });
  });
});

/** What most messages are like, and what is just about too much for the quick way. */
function smallMessage(): fc.Arbitrary<unknown> {
  const key = fc.oneof(fc.constantFrom('id', 'type', '', 'constructor', '__proto__'), anyText());
  const leaf = fc.oneof(
    fc.integer(),
    fc.integer({ min: -40, max: 300 }),
    fc.double(),
    fc.maxSafeInteger(),
    fc.boolean(),
    fc.constantFrom(null, undefined, -0, 'genserver_1'),
    fc.string({ maxLength: 40 }),
    fc.nat(300).map((length) => 'x'.repeat(length)),
    anyText(),
  );
  const { value } = fc.letrec((tie) => ({
    value: fc.oneof({ depthSize: 'small' }, leaf, tie('record'), tie('array')),
    record: fc.dictionary(key, tie('value'), { maxKeys: 18, noNullPrototype: true }),
    array: fc.array(tie('value'), { maxLength: 18 }),
  }));
  return value;
}

function messageFrame(): fc.Arbitrary<Frame> {
  const id = fc
    .oneof(
      fc.nat(999).map((n) => `genserver_far@127.0.0.1:4369_hxq1v3_${n}`),
      anyText(),
    )
    .filter((text) => text.isWellFormed());
  const callId = fc.oneof(fc.nat(), fc.maxSafeNat());
  const bytes = fc.oneof(fc.uint8Array({ maxLength: 80 }), fc.constant(new Uint8Array(3000)));
  const odd = fc.oneof(
    { weight: 4, arbitrary: fc.constant({}) },
    fc.constantFrom({ abortable: true }, { abortable: false }, { chain: ['a', 'b'] }),
  );
  const deadlineMs = fc.constantFrom(undefined, 0, -0, 5000, 0.1, 1e300);
  const from = fc.constantFrom(undefined, undefined, 'genserver_1');
  return fc
    .record({ id, callId, bytes, odd, deadlineMs, from, ok: fc.boolean(), kind: fc.nat(2) })
    .map(({ id: to, callId: number, bytes: message, kind, ok, odd: more, ...rest }) => {
      if (kind === 0) return { kind: 'call', callId: number, to, message, ...rest, ...more };
      if (kind === 1) return { kind: 'cast', to, message, ...rest, ...more };
      const { deadlineMs: waits } = rest;
      return { kind: 'reply', callId: number, ok, value: message, deadlineMs: waits, ...more };
    });
}

/** Another byte somewhere, or an end too soon. */
function change(): fc.Arbitrary<(bytes: Uint8Array) => Uint8Array> {
  return fc
    .record({
      at: fc.double({ min: 0, max: 1, noNaN: true }),
      byte: fc.nat(255),
      cut: fc.boolean(),
    })
    .map(({ at, byte, cut }) => (bytes: Uint8Array) => {
      const place = Math.floor(at * Math.min(bytes.length - 1, 90));
      if (cut) return bytes.slice(0, place);
      const changed = bytes.slice();
      changed[place] = byte;
      return changed;
    });
}

function packed(value: unknown): Uint8Array {
  return new Uint8Array(packr.pack(value));
}

function outcome(run: () => unknown): unknown {
  try {
    return run();
  } catch (error) {
    return String(error);
  }
}

function law<Value>(arbitrary: fc.Arbitrary<Value>, holds: (value: Value) => unknown): void {
  fc.assert(
    fc.property(arbitrary, (value) => {
      holds(value);
    }),
    { numRuns: fc.readConfigureGlobal().numRuns ?? 400 },
  );
}
