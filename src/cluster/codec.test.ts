import { describe, expect, it } from 'vitest';
import { Codec } from './codec.js';
import { MessageSerializationError } from './codec-error.js';

describe('a message', () => {
  it('keeps the classes of what is in it', () => {
    const sent = {
      when: new Date(1_700_000_000_123),
      never: new Date(NaN),
      map: new Map<unknown, unknown>([[{ key: 1 }, new Set(['a', 2n])]]),
      pattern: /a\/b+/giu,
      big: [2n ** 63n, 2n ** 64n - 1n, 2n ** 64n, -(2n ** 63n) - 1n, 0n],
      floats: new Float64Array([1.5, -0]),
      bytes: new Uint8Array([1, 2, 3]),
      raw: new Uint8Array([9, 8]).buffer,
      view: new DataView(new Uint8Array([7]).buffer),
      odd: [NaN, -0, Infinity, undefined, null],
      missing: undefined,
    };
    expect(echo(sent)).toEqual(sent);
    expect(Object.hasOwn(echo({ missing: undefined }), 'missing')).toBe(true);
  });

  it('brings a Buffer back as a Buffer that owns its bytes', () => {
    const pooled = Buffer.from('pooled');
    const read = echo(pooled);
    expect(Buffer.isBuffer(read)).toBe(true);
    expect(read.toString()).toBe('pooled');
    expect(read.buffer.byteLength).toBe(6);
    expect(Buffer.isBuffer(echo(new Uint8Array(2)))).toBe(false);
  });

  it('takes only the bytes that a view shows', () => {
    const whole = new Uint8Array([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(echo(new Uint16Array(whole.buffer, 2, 2))).toEqual(new Uint16Array(whole.buffer, 2, 2));
    expect(codec.encode(whole.subarray(0, 2)).length).toBeLessThan(codec.encode(whole).length);
  });

  it('holds one object twice when the sender did', () => {
    const shared = { n: 1 };
    const [left, right] = echo([shared, shared]);
    expect(left).toBe(right);
  });

  it('holds itself when the sender did', () => {
    const map = new Map<string, unknown>();
    const set = new Set<unknown>([map]);
    const loop: Record<string, unknown> = { map, set, list: [set] };
    map.set('loop', loop).set('set', set);
    const read = echo(loop) as { map: Map<string, unknown>; set: Set<unknown>; list: unknown[] };
    expect(read.map.get('loop')).toBe(read);
    expect(read.map.get('set')).toBe(read.set);
    expect(read.set.has(read.map)).toBe(true);
    expect(read.list[0]).toBe(read.set);
  });

  it('takes __proto__ for data', () => {
    const sent = JSON.parse('{"__proto__":{"admin":true},"a":{"__proto__":1}}') as object;
    const read = echo(sent);
    expect(Object.keys(read)).toEqual(['__proto__', 'a']);
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect((read as { admin?: unknown }).admin).toBeUndefined();
    expect(JSON.stringify(read)).toBe(JSON.stringify(sent));
  });

  it('may have any name as a key', () => {
    const sent = { constructor: 1, toJSON: 'x', hasOwnProperty: 2, then: 3, '': 4, '\ud800': 5 };
    expect(echo(sent)).toEqual(sent);
  });

  it('keeps texts that UTF-8 would change', () => {
    for (const text of ['\ufeffmark', `\ufeff${'x'.repeat(200)}`, 'half \ud83d', '\udc00', '😀']) {
      expect(echo(text)).toBe(text);
      expect(echo({ [text]: [text] })).toEqual({ [text]: [text] });
    }
  });

  it('brings a record without a prototype back without one', () => {
    const read = echo(Object.assign(Object.create(null) as object, { a: 1 }));
    expect(Object.getPrototypeOf(read)).toBeNull();
    expect(Object.entries(read)).toEqual([['a', 1]]);
  });

  it('fills the holes of an array with undefined', () => {
    // eslint-disable-next-line no-sparse-arrays
    expect(echo([1, , 3])).toEqual([1, undefined, 3]);
  });

  it('carries the value of a getter', () => {
    expect(
      echo({
        get now() {
          return 5;
        },
      }),
    ).toEqual({ now: 5 });
  });

  it('may be a record of more keys than 16 bits count, and a text of a megabyte', () => {
    const wide = Object.fromEntries(Array.from({ length: 70_000 }, (_, index) => [`k${index}`, 1]));
    expect(Object.keys(echo(wide))).toHaveLength(70_000);
    expect(echo('é'.repeat(2 ** 20))).toHaveLength(2 ** 20);
    expect(codec.encode('small').buffer.byteLength).toBe(codec.encode('small').length);
  });

  it('has the same bytes on every version of Node', () => {
    const plain = { to: 'ledger', amount: -12.5, tags: ['a', null, undefined, true, 300n] };
    expect(hex(codec.encode(plain))).toBe(
      '0083a2746fa66c6564676572a6616d6f756e74cbc029000000000000a47461677395a161c0d40000c3d3' +
        '000000000000012c',
    );
    const error = Object.assign(new TypeError('no'), { at: new Date(5) });
    expect(hex(codec.encode([error, NaN, error, new Map([['k', new Uint8Array([1, 2])]])]))).toBe(
      '019503990905c0a9547970654572726f72a26e6f910e910ea26174920605910c9200019304a16b930804c402' +
        '0102',
    );
  });
});

describe('the sender', () => {
  const refused: readonly [string, unknown, string][] = [
    ['a function', [{ user: { save() {} } }], 'args[0].user.save: function save'],
    ['a function without a name', [() => 1], 'args[0]: function (anonymous)'],
    [
      'a class',
      [
        class Job {
          age = 1;
        },
      ],
      'args[0]: function Job',
    ],
    ['a symbol', { kind: Symbol('k') }, 'args.kind: symbol k'],
    ['a symbol as a key', [{ a: { [Symbol('k')]: 1 } }], 'args[0].a: a key that is a symbol k'],
    ['a promise', { 'no name': Promise.resolve() }, 'args["no name"]: an instance of Promise'],
    [
      'an instance of a class',
      [
        new (class User {
          age = 1;
        })(),
      ],
      'args[0]: an instance of User',
    ],
    [
      'an instance of a subclass of Map',
      new (class M extends Map {
        more = 1;
      })(),
      'args: an instance of M',
    ],
    ['a boxed number', [Object(1)], 'args[0]: an instance of Number'],
    ['a shared buffer', [new SharedArrayBuffer(1)], 'args[0]: an instance of SharedArrayBuffer'],
    ['a value of a map', new Map([['k', new WeakMap()]]), 'args.get("k"): an instance of WeakMap'],
    ['a key of a map', new Map([[() => 1, 1]]), 'args.keys()[0]: function'],
    ['an item of a set', [new Set([1, Symbol.iterator])], 'args[0].values()[1]: symbol'],
    ['a field of an error', Object.assign(new Error(), { f: eval }), 'args.f: function eval'],
    ['a cause', new Error('x', { cause: eval }), 'args.cause: function eval'],
    ['what only looks like a map', Object.create(Map.prototype), 'args: reading it throws'],
    ['what only looks like a buffer', Object.create(ArrayBuffer.prototype), 'args: reading it'],
    ['what only looks like a date', Object.create(Date.prototype), 'args: reading it throws'],
    [
      'an odd prototype',
      Object.create(Object.create(null) as object),
      'args: an object with a prototype',
    ],
    ['too long an array', [new Array(2 ** 32 - 1)], 'args[0]: more than 16777216 items in all'],
  ];
  it.each(refused)('refuses %s and says where it is', (_, value, words) => {
    const error = refusal(() => codec.encode(value, 'args'));
    expect(error.message).toContain(`Cannot send ${words}`);
    expect(error).toMatchObject({ code: 'ERR_MESSAGE_SERIALIZATION', operation: 'serialize' });
  });

  it('refuses a getter that throws, with what it threw as the cause', () => {
    const thrown = new Error('not now');
    const value = {
      get later(): never {
        throw thrown;
      },
    };
    const error = refusal(() => codec.encode([value]));
    expect(error.path).toBe('message[0].later');
    expect(error.cause).toBe(thrown);
  });

  it('refuses a proxy that refuses to be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(refusal(() => codec.encode({ proxy })).path).toBe('message.proxy');
    expect(codec.decode(codec.packLeniently({ proxy }))).toEqual({ proxy: '[reading it throws]' });
  });

  it('refuses an object whose prototype refuses to be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    const value = Object.create(proxy) as object;
    revoke();
    expect(refusal(() => codec.encode([value])).path).toBe('message[0]');
    expect(codec.decode(codec.packLeniently([value]))).toEqual(['[reading it throws]']);
  });

  it('refuses a value nested too deep instead of overflowing', () => {
    const nested = (depth: number) => {
      let value: unknown = 1;
      for (let left = depth; left > 0; left--) value = left % 2 === 0 ? [value] : { next: value };
      return value;
    };
    expect(echo(nested(1000))).toEqual(nested(1000));
    const error = refusal(() => codec.encode(nested(100_000)));
    expect(error.message).toContain('nested more than 1000 deep; send it flatter');
    expect(error.message.length).toBeLessThan(1000);
  });

  it('goes on after a refusal as if nothing had been', () => {
    expect(() => codec.encode([1, 2, { f: () => 1 }])).toThrow(MessageSerializationError);
    expect(echo({ a: 1 })).toEqual({ a: 1 });
  });

  it('may encode another message from within a getter', () => {
    const value = {
      a: 'before',
      get inner() {
        return codec.encode({ nested: [1] });
      },
      b: 'after',
    };
    const read = echo(value) as unknown as { a: string; inner: Uint8Array; b: string };
    expect(codec.decode(read.inner)).toEqual({ nested: [1] });
    expect(read).toMatchObject({ a: 'before', b: 'after' });
  });

  it('describes what cannot cross in a reason that must', () => {
    const error = Object.assign(new Error('broken'), { request: { end() {} }, code: 'E' });
    const read = codec.decode(codec.packLeniently({ error })) as { error: Error };
    expect(read.error).toMatchObject({ message: 'broken', code: 'E' });
    expect(read.error).toMatchObject({ request: { end: '[function end]' } });
  });
});

describe('a reference to a process', () => {
  const sender = new Codec({ completeRef: (ref) => ({ ...ref, nodeId: 'a@h:1' }) });
  const cross = (value: unknown) => codec.decode(sender.encode(value));

  it('gets the node of the sender when it has none', () => {
    const ref = { id: 'genserver_a_1' };
    expect(cross(ref)).toEqual({ id: 'genserver_a_1', nodeId: 'a@h:1' });
    expect(
      cross([{ id: 'supervisor_2', nodeId: undefined }, new Map([[1, { id: 'dsup_3' }]])]),
    ).toEqual([
      { id: 'supervisor_2', nodeId: 'a@h:1' },
      new Map([[1, { id: 'dsup_3', nodeId: 'a@h:1' }]]),
    ]);
    expect(ref).toEqual({ id: 'genserver_a_1' });
  });

  it('stays one object when it is sent twice', () => {
    const ref = { id: 'genserver_a_1' };
    const [left, right] = cross([ref, ref]) as unknown[];
    expect(left).toBe(right);
  });

  it('keeps the node that it has', () => {
    const ref = { id: 'genserver_b_1', nodeId: 'b@h:1' };
    expect(cross(ref)).toEqual(ref);
  });

  it('is not every record with such an id', () => {
    const user = { id: 'genserver_fan_club', members: 3 };
    expect(cross(user)).toEqual(user);
    expect(cross({ id: 'other_1' })).toEqual({ id: 'other_1' });
  });
});

describe('the receiver', () => {
  it.each([
    ['nothing', []],
    ['an unknown form', [7, 0xc0]],
    ['no value', [0]],
    ['two values', [0, 0xc0, 0xc0]],
    ['an array that lies about its length', [0, 0xdd, 0xff, 0xff, 0xff, 0xff]],
    ['a map that lies about its length', [0, 0xdf, 0x7f, 0xff, 0xff, 0xff]],
    ['a text that lies about its length', [0, 0xdb, 0xff, 0xff, 0xff, 0xff, 0x61]],
    ['bytes that lie about their length', [1, 0x93, 8, 4, 0xc6, 0xff, 0xff, 0xff, 0xff, 1]],
    ['a key that is no text', [0, 0x81, 0x01, 0x01]],
    ['a record definition', [0, 0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1]],
    ['an extension of msgpackr', [0, 0xd6, 0x69, 0, 0, 0, 1, 0x90]],
    ['a byte that means nothing', [0, 0xc1]],
    ['a map in a graph', [1, 0x80]],
    ['raw bytes in a plain message', [0, 0xc4, 1, 1]],
    ['raw bytes alone in a graph', [1, 0xc4, 1, 1]],
    ['a tag that nobody knows', [1, 0x91, 0x7f]],
    ['an array without a tag', [1, 0x90]],
    ['a pointer to no object', [1, 0x92, 0, 0]],
    ['a pointer to what comes later', [1, 0x93, 3, 0x92, 0, 1, 0x91, 1]],
    ['a key without a value', [1, 0x92, 1, 0xa1, 0x61]],
    ['half an element', [1, 0x93, 8, 11, 0xc4, 1, 1]],
    ['no kind of bytes', [1, 0x93, 8, 99, 0xc4, 1, 1]],
    ['a pattern that does not compile', [1, 0x93, 7, 0xa1, 0x28, 0xa0]],
    ['an error of no base', [1, 0x97, 9, 50, 0xc0, 0xc0, 0xa0, 0x91, 14, 0x91, 14]],
    ['a bigint of no digits', [1, 0x92, 10, 0xa2, 0x78, 0x79]],
  ])('refuses %s with a typed error', (_, bytes) => {
    const error = refusal(() => codec.decode(Uint8Array.from(bytes)));
    expect(error).toMatchObject({ operation: 'deserialize', code: 'ERR_MESSAGE_SERIALIZATION' });
    expect(error.cause).toBeInstanceOf(Error);
  });

  it('refuses what is nested too deep, in either form', () => {
    for (const form of [0, 1]) {
      const bytes = new Uint8Array(2 ** 20).fill(0x91);
      bytes[0] = form;
      expect(() => codec.decode(bytes)).toThrow(MessageSerializationError);
    }
  });

  it('lets no key reach a prototype', () => {
    const key = [0xa9, ...Buffer.from('__proto__')];
    const read = codec.decode(Uint8Array.from([0, 0x81, ...key, 0x81, 0xa1, 0x78, 1])) as object;
    expect(Object.getPrototypeOf(read)).toBe(Object.prototype);
    expect(({} as { x?: unknown }).x).toBeUndefined();
  });

  it('reads from the middle of a larger buffer', () => {
    const bytes = codec.encode({ a: [new Uint32Array([1])] });
    const pool = Buffer.concat([Buffer.alloc(3, 0xff), bytes, Buffer.alloc(3, 0xff)]);
    const read = codec.decode(pool.subarray(3, 3 + bytes.length)) as { a: unknown[] };
    expect(read.a[0]).toEqual(new Uint32Array([1]));
  });
});

const codec = new Codec();

function echo<Value>(value: Value): Value {
  return codec.decode(codec.encode(value)) as Value;
}

function refusal(run: () => unknown): MessageSerializationError {
  try {
    run();
  } catch (error) {
    if (error instanceof MessageSerializationError) return error;
    throw error;
  }
  throw new Error('expected a refusal');
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
