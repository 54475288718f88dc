import { describe, expect, it } from 'vitest';
import type { AnyBehavior, GenServerRef } from '../otp/behavior.js';
import { startServer } from '../otp/gen-server.js';
import { InvalidClusterConfigError, checkConfig } from './cluster-config.js';
import type { GlobalNamesConfig } from './global-names-config.js';
import type { GlobalRegistryEvent } from './global-registry-event.js';
import type { GlobalRegistryNode } from './global-registry.js';
import { type ClusterWorld, type TestNode, counter, inCluster } from './testing/cluster-world.js';

const registryOf = (node: TestNode): GlobalRegistryNode => node.cluster.node.registry;

/** Two nodes that have given each other up; they find each other again in time. */
function apart(
  globalNames: GlobalNamesConfig,
  body: (a: TestNode, b: TestNode, world: ClusterWorld) => Promise<void>,
): () => Promise<void> {
  return inCluster(0, async (world) => {
    const a = await world.join(1, { globalNames });
    const b = await world.join(2, { globalNames });
    await world.pass(100);
    for (let round = 0; round < 20_000; round++) {
      world.sever(a, b);
      await world.pass(1);
    }
    expect(a.cluster.node.connectedNodes()).toEqual([]);
    await body(a, b, world);
  });
}

/** A counter that notes what it is told, and why it ends. */
function listening(told: unknown[]): AnyBehavior {
  return {
    ...counter,
    handleInfo: (info: unknown, state: unknown) => {
      told.push(info);
      return state;
    },
    terminate: (reason) => void told.push(reason),
  };
}

function isRunning({ runtime }: TestNode, { id }: GenServerRef): boolean {
  return runtime.processes.get(id) !== undefined;
}

describe('a global name that two sides of a partition claim', () => {
  it(
    'has one owner everywhere after it; the loser is told, and ended',
    apart({}, async (a, b, { pass }) => {
      const told: unknown[] = [];
      const mine = await startServer(a.runtime, counter);
      const yours = await startServer(b.runtime, listening(told));
      registryOf(a).register('one', mine);
      registryOf(b).register('one', yours);
      const seen: GlobalRegistryEvent[] = [];
      for (const node of [a, b]) registryOf(node).on((event) => seen.push(event));
      await pass(60_000);
      expect(registryOf(a).lookup('one')).toEqual(mine);
      expect(registryOf(b).lookup('one')).toEqual(mine);
      expect(told).toEqual([{ type: 'NAME_LOST', name: 'one', winner: mine }, 'shutdown']);
      const resolved = { type: 'conflictResolved', name: 'one', winner: mine, loser: yours };
      const conflicts = seen.filter(({ type }) => type === 'conflictResolved');
      expect(conflicts).toEqual([resolved, resolved]);
    }),
  );

  it(
    'is taken from a process that only wants to hear of it, which lives on',
    apart({ whenLost: 'tell' }, async (a, b, { pass }) => {
      const told: unknown[] = [];
      const mine = await startServer(a.runtime, counter);
      const yours = await startServer(b.runtime, listening(told));
      const plain = await startServer(b.runtime, counter);
      const ended = await startServer(b.runtime, counter);
      for (const name of ['one', 'two', 'three']) registryOf(a).register(name, mine);
      registryOf(b).register('one', yours);
      registryOf(b).register('two', plain);
      registryOf(b).register('three', ended, { whenLost: 'end' });
      await pass(60_000);
      expect(told).toEqual([{ type: 'NAME_LOST', name: 'one', winner: mine }]);
      expect([yours, plain, ended].map((ref) => isRunning(b, ref))).toEqual([true, true, false]);
      for (const node of [a, b]) expect(registryOf(node).lookup('two')).toEqual(mine);
      expect(() => registryOf(b).register('one', yours)).toThrow('a process of n1@');
    }),
  );

  it(
    'kills a loser that does not listen',
    apart({}, async (a, b, { pass }) => {
      const mine = await startServer(a.runtime, counter);
      const deaf = await startServer(b.runtime, {
        ...counter,
        handleCast: () => new Promise<never>(() => undefined),
      });
      b.runtime.router.send(deaf, { kind: 'cast', message: 1 });
      registryOf(a).register('one', mine);
      registryOf(b).register('one', deaf);
      await pass(60_000);
      expect(isRunning(b, deaf)).toBe(false);
    }),
  );

  it(
    'goes to whom the resolver chooses',
    apart(
      { onConflict: (_, one, other) => (one.ref.nodeId > other.ref.nodeId ? one : other) },
      async (a, b, { pass, errors }) => {
        const mine = await startServer(a.runtime, counter);
        const yours = await startServer(b.runtime, counter);
        registryOf(a).register('one', mine);
        registryOf(b).register('one', yours);
        await pass(60_000);
        for (const node of [a, b]) expect(registryOf(node).lookup('one')).toEqual(yours);
        expect(isRunning(a, mine)).toBe(false);
        expect(errors()).toEqual([]);
      },
    ),
  );

  it(
    'goes by the rule where the resolver is of no use, and that is logged',
    apart({ onConflict: (_, one) => one }, async (a, b, { pass, errors }) => {
      const mine = await startServer(a.runtime, counter);
      const yours = await startServer(b.runtime, counter);
      registryOf(a).register('one', mine);
      registryOf(b).register('one', yours);
      await pass(60_000);
      for (const node of [a, b]) expect(registryOf(node).lookup('one')).toEqual(mine);
      expect(errors()).toEqual(Array(2).fill(expect.stringContaining('Expected onConflict')));
    }),
  );
});

describe('an owner with a term', () => {
  it(
    'takes the name over while both are connected',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const told: unknown[] = [];
      const old = await startServer(a.runtime, listening(told));
      const boss = await startServer(b.runtime, counter);
      registryOf(a).register('boss', old, { term: 1 });
      await pass(10);
      expect(() => registryOf(b).register('boss', boss, { term: 1 })).toThrow('a process of n1@');
      registryOf(b).register('boss', boss, { term: 2 });
      await pass(10);
      for (const node of nodes) expect(registryOf(node).lookup('boss')).toEqual(boss);
      expect(told).toEqual([{ type: 'NAME_LOST', name: 'boss', winner: boss }, 'shutdown']);
    }),
  );

  it(
    'leaves the process that it takes over, of the same id, to end itself',
    inCluster(2, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const mail: unknown[][] = [[], []];
      for (const [index, { runtime }] of [a, b].entries()) {
        const receiver = {
          init: () => undefined,
          receive: (received: unknown) => void mail[index]?.push(received),
          terminate: () => undefined,
        };
        const silent = { started: () => undefined, failed: () => undefined };
        runtime.spawn({ id: 'dsup_boss', label: 'boss', receiver }, silent);
      }
      await pass(10);
      registryOf(a).register('boss', { id: 'dsup_boss', nodeId: a.id }, { term: 1 });
      await pass(10);
      const successor = { id: 'dsup_boss', nodeId: b.id };
      registryOf(b).register('boss', successor, { term: 2 });
      await pass(10_000);
      for (const node of nodes) expect(registryOf(node).lookup('boss')).toEqual(successor);
      expect(mail).toMatchObject([
        [{ kind: 'info', message: { type: 'NAME_LOST', name: 'boss', winner: successor } }],
        [],
      ]);
      expect(isRunning(a, successor)).toBe(true);
      a.runtime.router.send({ id: 'dsup_boss' }, { kind: 'kill' });
      await pass(10);
      for (const node of nodes) expect(registryOf(node).lookup('boss')).toEqual(successor);
    }),
  );
});

describe('what a cluster is told of conflicts', () => {
  it.each<[unknown, string]>([
    ['end', 'Expected globalNames to be an object'],
    [{ onConflict: 'first' }, 'Expected globalNames.onConflict to be a function'],
    [{ whenLost: 'kill' }, 'Expected globalNames.whenLost to be one of end, tell'],
  ])('is refused when it is %j', (globalNames, message) => {
    const start = (): unknown => checkConfig({ nodeName: 'a', globalNames: globalNames as never });
    expect(start).toThrow(InvalidClusterConfigError);
    expect(start).toThrow(message);
  });
});
