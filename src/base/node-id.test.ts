import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidNodeIdError, NodeId } from './node-id.js';

describe('NodeId', () => {
  it.each([
    ['worker1@127.0.0.1:4369', 'worker1', '127.0.0.1', 4369],
    ['a@b:1', 'a', 'b', 1],
    ['Node_9-x@db.example.org:65535', 'Node_9-x', 'db.example.org', 65535],
    ['n@localhost:80', 'n', 'localhost', 80],
    ['n@_srv.internal:80', 'n', '_srv.internal', 80],
    ['n@0.0.0.0:80', 'n', '0.0.0.0', 80],
    ['n@255.255.255.255:80', 'n', '255.255.255.255', 80],
    ['n@[::1]:4369', 'n', '::1', 4369],
    ['n@[::]:4369', 'n', '::', 4369],
    ['n@[2001:db8::8a2e:370:7334]:4369', 'n', '2001:db8::8a2e:370:7334', 4369],
    ['n@[1:2:3:4:5:6:7:8]:4369', 'n', '1:2:3:4:5:6:7:8', 4369],
    ['n@[::ffff:10.0.0.5]:4369', 'n', '::ffff:10.0.0.5', 4369],
    ['n@[fe80::1%eth0]:4369', 'n', 'fe80::1%eth0', 4369],
    [`${'x'.repeat(64)}@h:1`, 'x'.repeat(64), 'h', 1],
    [`n@${'x'.repeat(63)}.org:1`, 'n', `${'x'.repeat(63)}.org`, 1],
  ])('reads %s', (text, name, host, port) => {
    const id = NodeId.parse(text);
    expect(id).toBe(text);
    expect(NodeId.components(id)).toEqual({ name, host, port });
    expect([NodeId.getName(id), NodeId.getHost(id), NodeId.getPort(id)]).toEqual([
      name,
      host,
      port,
    ]);
    expect(NodeId.create(name, host, port)).toBe(id);
  });

  it.each([
    ['', 'no @'],
    ['worker1', 'no @'],
    ['127.0.0.1:4369', 'no @'],
    ['@127.0.0.1:4369', 'the name takes'],
    ['1worker@h:1', 'the name takes'],
    ['_worker@h:1', 'the name takes'],
    ['wor ker@h:1', 'the name takes'],
    ['wörker@h:1', 'the name takes'],
    [' worker@h:1', 'the name takes'],
    ['worker\n@h:1', 'the name takes'],
    [`${'x'.repeat(65)}@h:1`, 'the name takes'],
    ['a@b', 'no :port'],
    ['a:1@b', 'the name takes'],
    ['a@b:', 'the port takes'],
    ['a@b:0', 'the port takes'],
    ['a@b:65536', 'the port takes'],
    ['a@b:-1', 'the port takes'],
    ['a@b:+1', 'the port takes'],
    ['a@b:1.5', 'the port takes'],
    ['a@b:1e3', 'the port takes'],
    ['a@b:0x50', 'the port takes'],
    ['a@b: 80', 'the port takes'],
    ['a@b:80 ', 'the port takes'],
    ['a@b:80\n', 'the port takes'],
    ['a@b:000080', 'the port takes'],
    ['a@:80', 'the host takes'],
    ['a@b@c:80', 'the host takes'],
    ['a@b c:80', 'the host takes'],
    ['a@b..c:80', 'the host takes'],
    ['a@.b:80', 'the host takes'],
    ['a@-b:80', 'the host takes'],
    ['a@b-:80', 'the host takes'],
    ['a@b/c:80', 'the host takes'],
    ['a@256.0.0.1:80', 'the host takes'],
    ['a@1.2.3:80', 'the host takes'],
    ['a@1.2.3.4.5:80', 'the host takes'],
    ['a@[]:80', 'the host takes'],
    ['a@[::1:80', 'the host takes'],
    ['a@::1]:80', 'the host takes'],
    ['a@[127.0.0.1]:80', 'the host takes'],
    ['a@[1::2::3]:80', 'the host takes'],
    ['a@[1:2:3:4:5:6:7]:80', 'the host takes'],
    ['a@[1:2:3:4:5:6:7:8:9]:80', 'the host takes'],
    ['a@[1:2:3:4:5:6:7::8]:80', 'the host takes'],
    ['a@[1.2.3.4::]:80', 'the host takes'],
    ['a@[fe80::1%a%b]:80', 'the host takes'],
    ['a@01.2.3.4:80', 'the host takes'],
    ['a@[::12345]:80', 'the host takes'],
    ['a@[::g]:80', 'the host takes'],
    ['a@[:::]:80', 'the host takes'],
    ['a@[::1.2.3.256]:80', 'the host takes'],
    ['a@[::1.2.3.4:5]:80', 'the host takes'],
    ['a@[fe80::1%]:80', 'the host takes'],
    [`a@${'x'.repeat(64)}:80`, 'the host takes'],
    [`a@${'x.'.repeat(126)}xx:80`, 'the host takes'],
  ])('refuses %j', (text, reason) => {
    expect(NodeId.isValid(text)).toBe(false);
    expect(NodeId.tryParse(text)).toBeUndefined();
    const error = thrownBy(() => NodeId.parse(text));
    expect(error).toBeInstanceOf(InvalidNodeIdError);
    expect(error).toMatchObject({
      code: 'ERR_INVALID_NODE_ID',
      name: 'InvalidNodeIdError',
      value: text,
      reason: expect.stringContaining(reason) as string,
    });
    expect((error as Error).message).toContain(JSON.stringify(text));
  });

  it('refuses what is no string, without a crash of its own', () => {
    for (const bad of [undefined, null, 7, 7n, {}, [], Symbol('a@b:1'), () => 'a@b:1']) {
      expect(NodeId.isValid(bad)).toBe(false);
      expect(() => NodeId.parse(bad as string)).toThrow(InvalidNodeIdError);
      expect(NodeId.tryParse(bad as string)).toBeUndefined();
    }
  });

  it('refuses parts that only look like an id once they are joined', () => {
    expect(() => NodeId.create('a@b:1,c', 'd', 2)).toThrow(InvalidNodeIdError);
    expect(() => NodeId.create('a', 'b', 1.5)).toThrow(InvalidNodeIdError);
    expect(() => NodeId.create('a', 'b', NaN)).toThrow(InvalidNodeIdError);
    expect(() => NodeId.create('a', '', 80)).toThrow(InvalidNodeIdError);
  });

  it('gives an IPv6 host its brackets back', () => {
    expect(NodeId.create('a', '::1', 80)).toBe('a@[::1]:80');
    expect(NodeId.parse('a@::1:80')).toBe('a@[::1]:80');
  });

  it('makes one id of two spellings of a port', () => {
    expect(NodeId.parse('a@b:0080')).toBe('a@b:80');
    expect(NodeId.equals(NodeId.parse('a@b:0080'), NodeId.parse('a@b:80'))).toBe(true);
    expect(NodeId.equals(NodeId.parse('a@b:80'), NodeId.parse('a@b:81'))).toBe(false);
  });

  it('reads back every id that it makes', () => {
    fc.assert(
      fc.property(name, host, fc.integer({ min: 1, max: 65535 }), (anyName, anyHost, port) => {
        const id = NodeId.create(anyName, anyHost, port);
        expect(NodeId.parse(id)).toBe(id);
        expect(NodeId.components(id)).toEqual({ name: anyName, host: anyHost, port });
      }),
    );
  });

  it('either refuses a text or makes a form of it that it keeps', () => {
    const alphabet = fc.constantFrom(...'aZ9_-@:.[]% \n0168'.split(''));
    fc.assert(
      fc.property(fc.string({ unit: alphabet, maxLength: 24 }), (text) => {
        const id = NodeId.tryParse(text);
        if (id !== undefined) expect(NodeId.parse(id)).toBe(id);
        expect(NodeId.isValid(text)).toBe(id !== undefined);
      }),
      { numRuns: 2000 },
    );
  });
});

const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
const host = fc.oneof(fc.ipV4(), fc.ipV6(), fc.domain());

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
