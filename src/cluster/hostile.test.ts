import { describe, expect, it } from 'vitest';
import { call } from '../otp/call.js';
import { startServer } from '../otp/gen-server.js';
import type { Frame } from './frame.js';
import { type TestNode, inCluster } from './testing/cluster-world.js';

/** Frames of a member that are well formed and carry what they must not. */
const hostile: readonly (readonly [string, (from: TestNode, to: string) => Frame])[] = [
  ['names that are a number', (from) => names(from, 7)],
  ['names that are null', (from) => names(from, null)],
  ['a delta without names', (from) => names(from, { delta: { version: 1 } })],
  [
    'a delta that adds null',
    (from) => names(from, { delta: { version: 1, added: [null], removed: [] } }),
  ],
  ['a list of claims that are text', (from) => names(from, { list: { version: 0, claims: 'x' } })],
  [
    'a claim for another node',
    (from) => {
      const claim = { name: 'x', refId: 'y', nodeId: 'z@h:1', incarnation: 1n, term: 0, stamp: 1 };
      return names(from, { delta: { version: 1, added: [claim], removed: [] } });
    },
  ],
  [
    'a stop for a reason that is a number',
    (from, to) => ({ kind: 'stop', to, reason: pack(from, 5) }),
  ],
  ['a stop for null', (from, to) => ({ kind: 'stop', to, reason: pack(from, null) })],
  [
    'an exit for an error that is none',
    (from, to) => {
      const reason = pack(from, { error: 'text' });
      return { kind: 'exit', to, from: 'genserver_x', linked: false, reason };
    },
  ],
  [
    'a DOWN for a reason that is a list',
    (from, to) => ({ kind: 'down', to, from: 'x', monitorId: 'm', reason: pack(from, []) }),
  ],
  ['a start with arguments that are no list', (from) => spawn(pack(from, { length: 3 }))],
  ['a start with arguments that are no message', () => spawn(Uint8Array.of(9, 9, 9))],
  [
    'a cast of bytes that are no message',
    (_from, to) => ({ kind: 'cast', to, message: Uint8Array.of(255) }),
  ],
  ['a second join exchange', (from) => ({ kind: 'sync', payload: pack(from, { peers: [] }) })],
  ['a hello after the join', (from) => ({ kind: 'hello', payload: pack(from, 'hello') })],
];

function names(from: TestNode, message: unknown): Frame {
  return { kind: 'names', payload: pack(from, message) };
}

function pack(from: TestNode, value: unknown): Uint8Array {
  return from.cluster.node.codec.encode(value);
}

function spawn(args: Uint8Array): Frame {
  const fields = { callId: 1, behavior: 'counter', registration: 'none', linked: false } as const;
  return { kind: 'spawn', ...fields, args };
}

describe('a member that sends what it must not', () => {
  it.each(hostile)('loses its link for %s, and nothing else is touched', (name, make) =>
    inCluster(3, async ({ nodes, pass, errors, platform }) => {
      const [rogue, victim, witness] = nodes as [TestNode, TestNode, TestNode];
      const server = await startServer(victim.runtime, { ...counterOf(), init: () => 3 });
      const closed: unknown[] = [];
      victim.cluster.node.listen({ reconciled: (peer) => closed.push(peer.nodeId) });
      rogue.cluster.node.send(victim.id, make(rogue, server.id));
      await pass(20_000);
      expect(closed).toEqual([rogue.id]);
      expect(errors()).toEqual([]);
      expect(platform.logged.some(({ level }) => level === 'warn')).toBe(isRead(name));
      expect(await call(witness.runtime, server, 'get')).toBe(3);
      expect(await call(rogue.runtime, server, 'get')).toBe(3);
      expect(victim.cluster.node.connectedNodes()).toHaveLength(2);
    })(),
  );

  it(
    'fails only its own start with an answer that is no ref',
    inCluster(2, async ({ nodes, pass, errors }) => {
      const [rogue, victim] = nodes as [TestNode, TestNode];
      const request = {
        behavior: 'counter',
        args: [],
        registration: 'none',
        timeoutMs: 1000,
      } as const;
      const spawning = victim.cluster.node.spawner.spawn(rogue.id, request);
      for (const value of [undefined, 5, { id: 5 }]) {
        const reply = { kind: 'reply', callId: 1, ok: true, value: pack(rogue, value) } as const;
        rogue.cluster.node.send(victim.id, reply);
      }
      await expect(spawning).rejects.toMatchObject({ code: 'ERR_FRAME' });
      await pass(20_000);
      expect(errors()).toEqual([]);
      expect(victim.cluster.node.connectedNodes()).toHaveLength(1);
    }),
  );

  it(
    'cannot speak to a supervisor in its own words',
    inCluster(2, async ({ nodes, pass, errors }) => {
      const [rogue, victim] = nodes as [TestNode, TestNode];
      const seen: unknown[] = [];
      victim.runtime.spawn(
        {
          id: 'supervisor_1',
          label: 'a supervisor',
          receiver: {
            init: () => undefined,
            receive: (mail) => void seen.push(mail),
            terminate: () => undefined,
          },
        },
        { started: () => undefined, failed: () => undefined },
      );
      const to = { id: 'supervisor_1', nodeId: victim.id };
      await expect(call(rogue.runtime, to, { kind: 'stop' })).rejects.toMatchObject({
        code: 'ERR_SERVER_NOT_RUNNING',
      });
      rogue.runtime.router.send(to, { kind: 'info', message: { kind: 'retry', id: 'a' } });
      await pass(100);
      expect(seen).toEqual([]);
      expect(errors()).toEqual([]);
    }),
  );
});

// What the membership itself turns away is told as a link that failed.
function isRead(name: string): boolean {
  return !name.includes('join');
}

function counterOf() {
  return {
    handleCall: (_message: unknown, state: number) => [state, state] as const,
    handleCast: (_message: unknown, state: number) => state,
  };
}
