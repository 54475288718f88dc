import { describe, expect, it } from 'vitest';
import { BehaviorRegistry } from './registry-facades.js';
import { BEHAVIORS } from './behavior-registry.js';
import { mismatchesOf, readVersionList } from './behavior-version.js';
import { type ClusterWorld, counter, inCluster, type TestNode } from './testing/cluster-world.js';

describe('Two tables of behaviours', () => {
  it('differ where both have one, in another version or in one and none', () => {
    const here = new Map([
      ['same', '1'],
      ['w', '2'],
      ['a', undefined],
      ['mine', '1'],
      ['plain', undefined],
    ]);
    const there = new Map([
      ['plain', undefined],
      ['w', '1'],
      ['a', '1'],
      ['same', '1'],
      ['theirs', '1'],
    ]);
    expect(mismatchesOf(here, there)).toEqual([
      { behavior: 'a', here: undefined, there: '1' },
      { behavior: 'w', here: '2', there: '1' },
    ]);
  });

  it.each([undefined, 5, {}, [['a']], [['a', 1]], [[1, 'a']], [['a', '1', '2']], ['ab']])(
    'are not what %j stands for',
    (value) => expect(readVersionList(value)).toBeUndefined(),
  );
});

describe('A node whose behaviours have other versions', () => {
  it(
    'joins all the same, and both sides show and log it before it counts as up',
    inCluster(1, async (world) => {
      const [first] = world.nodes as [TestNode];
      first.runtime.use(BEHAVIORS).register('worker', counter, { version: '1' });
      const seen: unknown[] = [];
      first.cluster.onNodeUp((node) => seen.push(node.behaviorMismatches));
      const second = await joinWith(world, 'worker', '2');
      expect(seen).toEqual([[{ behavior: 'worker', here: '1', there: '2' }]]);
      expect(mismatches(second, first)).toEqual([{ behavior: 'worker', here: '2', there: '1' }]);
      expect(first.cluster.node.localNode().behaviorMismatches).toEqual([]);
      expect(warnings(world)).toEqual([
        { nodeId: first.id, behaviors: 'worker (here 2, there 1)' },
        { nodeId: second.id, behaviors: 'worker (here 1, there 2)' },
      ]);
      const { spawner } = first.cluster.node;
      const request = {
        behavior: 'worker',
        args: [],
        registration: 'none',
        timeoutMs: 100,
      } as const;
      expect(await spawner.spawn(second.id, request)).toMatchObject({ nodeId: second.id });
    }),
  );

  it(
    'is not reported again when only its link was replaced, and forgotten when it is lost',
    inCluster(1, async (world) => {
      const [first] = world.nodes as [TestNode];
      first.runtime.use(BEHAVIORS).register('worker', counter);
      const second = await joinWith(world, 'worker', '2');
      world.sever(first, second);
      await world.pass(100);
      expect(warnings(world)).toHaveLength(2);
      expect(mismatches(first, second)).toHaveLength(1);
      await second.cluster.stop();
      await world.pass(10);
      expect(mismatches(first, second)).toEqual([]);
    }),
  );

  it(
    'catches up when either side registers another version later',
    inCluster(1, async (world) => {
      const [first] = world.nodes as [TestNode];
      const second = await joinWith(world, 'worker', '2');
      expect(mismatches(first, second)).toEqual([]);
      first.runtime.use(BEHAVIORS).register('worker', counter, { version: '1' });
      await world.pass(10);
      expect(mismatches(first, second)).toHaveLength(1);
      expect(mismatches(second, first)).toHaveLength(1);
      second.runtime.use(BEHAVIORS).register('worker', counter, { version: '1' });
      await world.pass(10);
      expect(mismatches(first, second)).toEqual([]);
      expect(mismatches(second, first)).toEqual([]);
    }),
  );

  it(
    'closes no link but its own by sending a list that is none',
    inCluster(3, async ({ nodes, pass }) => {
      const [a, b] = nodes as [TestNode, TestNode];
      const downs: unknown[] = [];
      a.cluster.onNodeDown((nodeId) => downs.push(nodeId));
      b.cluster.node.sendControl(a.id, 'behaviors', [['x', 5]]);
      await pass(1);
      expect(a.cluster.node.connectedNodes().length).toBeLessThanOrEqual(2);
      await pass(5000);
      expect(a.cluster.node.connectedNodes()).toHaveLength(2);
      expect(downs).not.toContain(nodes[2]?.id);
    }),
  );
});

describe('BehaviorRegistry.register', () => {
  it(
    'takes a text for a version and nothing else',
    inCluster(1, async ({ nodes }) => {
      nodes[0]?.runtime.enter(undefined);
      for (const options of [{ version: 2 }, { version: '' }]) {
        expect(() => BehaviorRegistry.register('x', counter, options as never)).toThrow(
          'Expected version to be a string that is not empty',
        );
      }
      expect(() => BehaviorRegistry.register('x', counter, null as never)).toThrow('{ version? }');
      expect(BehaviorRegistry.has('x')).toBe(false);
      BehaviorRegistry.register('x', counter, { version: '1' });
      expect(BehaviorRegistry.get('x')).toBe(counter);
    }),
  );
});

/** Joins node `n2` with a behaviour in that version. */
async function joinWith(world: ClusterWorld, name: string, version: string): Promise<TestNode> {
  const before = (runtime: TestNode['runtime']): void =>
    runtime.use(BEHAVIORS).register(name, counter, { version });
  const node = await world.join(2, { before });
  await world.pass(100);
  return node;
}

function mismatches(viewer: TestNode, other: TestNode): unknown {
  return viewer.cluster.node.nodes().find(({ id }) => id === other.id)?.behaviorMismatches;
}

function warnings({ platform }: ClusterWorld): unknown[] {
  return platform.logged
    .filter(({ message }) => message === 'behaviors of another node have other versions')
    .map(({ fields }) => fields);
}
