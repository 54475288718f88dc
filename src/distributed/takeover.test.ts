import { describe, expect, it } from 'vitest';
import { call } from '../otp/call.js';
import { InvalidOptionError } from '../otp/option.js';
import type { DistributedSupervisorRef } from './distributed-event.js';
import { NODE_SUPERVISORS } from './node-supervisors.js';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

type Trio = [HostNode, HostNode, HostNode];

const on = (node: HostNode) => ({ nodeSelector: { node: node.id } });
const everywhere = ['w1', 'w2', 'w3'].map((id) => spec(id, { nodeSelector: 'round_robin' }));

/** Whichever of the nodes has the supervisor now. */
function ownersOf(nodes: readonly HostNode[], ref: DistributedSupervisorRef): HostNode[] {
  return nodes.filter(({ runtime }) => runtime.use(NODE_SUPERVISORS).host(ref.id) !== undefined);
}

function processOf(node: HostNode, ref: DistributedSupervisorRef, id: string): string | undefined {
  return node.supervisors.getChild(ref, id)?.ref.id;
}

describe('A supervisor with takeover, when its node is lost,', () => {
  it(
    'goes on at a standby: what lives stays, what was lost comes back, at one charge',
    inSupervision(3, async ({ nodes, events, starts, living, crash, pass }) => {
      const [a, b, c] = nodes as Trio;
      const restartIntensity = { maxRestarts: 1, withinMs: 60_000 };
      const ref = await a.supervisors.start({
        children: everywhere,
        nodeSelector: 'round_robin',
        takeover: true,
        restartIntensity,
      });
      expect(living()).toEqual(['w1@n1', 'w2@n2', 'w3@n3']);
      const w2 = processOf(a, ref, 'w2');
      starts.length = events.length = 0;
      await crash(a);
      await pass(5000);
      expect(starts).toHaveLength(1);
      expect(living().filter((place) => !place.endsWith('n1'))).toHaveLength(3);
      const [owner, ...others] = ownersOf([b, c], ref);
      expect(others).toEqual([]);
      expect(owner && processOf(owner, ref, 'w2')).toBe(w2);
      expect(events.map(({ type }) => type)).toEqual([
        'supervisor_stopped',
        'supervisor_taken_over',
        'node_failure_detected',
        'child_stopped',
        'child_restarted',
        'child_migrated',
      ]);
      expect(owner?.supervisors.getStats(ref)).toMatchObject({
        childCount: 3,
        totalRestarts: 1,
        nodeFailureRestarts: 1,
      });
    }),
  );

  it(
    'goes on a second time when the next node is lost, too',
    inSupervision(4, async ({ nodes, living, crash, pass }) => {
      const [a, ...rest] = nodes as [HostNode, ...HostNode[]];
      const ref = await a.supervisors.start({ children: everywhere, takeover: true });
      await crash(a);
      await pass(5000);
      const [second] = ownersOf(rest, ref) as [HostNode];
      await crash(second);
      await pass(5000);
      const left = rest.filter((node) => node !== second);
      expect(ownersOf(left, ref)).toHaveLength(1);
      const names = left.map(({ id }) => id.slice(0, 2));
      const alive = living().filter((place) => names.includes(place.slice(3)));
      expect(alive.map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
    }),
  );

  it(
    'still watches its children and serves requests from there on',
    inSupervision(3, async ({ nodes, living, crash, pass }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({ children: [spec('w1', on(c))], takeover: true });
      await crash(a);
      await pass(5000);
      const [owner] = ownersOf([b, c], ref) as [HostNode];
      const child = owner.supervisors.getChild(ref, 'w1')?.ref as { id: string };
      await expect(call(b.runtime, child, 'boom')).rejects.toThrow('boom');
      await pass(100);
      expect(living()).toEqual(['w1@n3']);
      const moved = { id: ref.id, nodeId: owner.id };
      await owner.supervisors.startChild(moved, spec('w2', on(b)));
      await owner.supervisors.terminateChild(moved, 'w1');
      expect(living()).toEqual(['w2@n2']);
      await owner.supervisors.stop(moved);
      expect(living()).toEqual([]);
      await crash(owner);
      await pass(60_000);
      expect(ownersOf([b, c], ref).filter((node) => node !== owner)).toEqual([]);
    }),
  );

  it(
    'remembers its restarts: one more than allowed ends it at its second node as at its first',
    inSupervision(3, async ({ nodes, living, crash, pass, events }) => {
      const [a, b, c] = nodes as Trio;
      const restartIntensity = { maxRestarts: 2, withinMs: 60_000 };
      const children = [spec('w1', on(c)), spec('w2', { nodeSelector: 'local_first' })];
      const ref = await a.supervisors.start({ children, takeover: true, restartIntensity });
      const w1 = a.supervisors.getChild(ref, 'w1')?.ref as { id: string };
      await expect(call(b.runtime, w1, 'boom')).rejects.toThrow('boom');
      await pass(100);
      await crash(a);
      await pass(5000);
      const [owner] = ownersOf([b, c], ref) as [HostNode];
      const again = owner.supervisors.getChild(ref, 'w1')?.ref as { id: string };
      await expect(call(b.runtime, again, 'boom')).rejects.toThrow('boom');
      await pass(6000);
      expect(events.at(-1)).toMatchObject({
        type: 'supervisor_stopped',
        reason: 'max_restarts_exceeded',
      });
      expect(living().filter((place) => !place.endsWith('n1'))).toEqual([]);
    }),
  );

  it(
    'hands over when its node leaves in good order, without stopping what runs elsewhere',
    inSupervision(3, async ({ nodes, starts, living, pass }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({
        children: [spec('w1', on(b)), spec('w2'), spec('w3', on(c))],
        takeover: true,
      });
      starts.length = 0;
      await a.cluster.stop();
      await pass(5000);
      expect(starts).toHaveLength(1);
      expect(living()).toHaveLength(3);
      expect(ownersOf(nodes, ref)).toHaveLength(1);
    }),
  );

  it(
    'takes the name along, and is found by it',
    inSupervision(3, async ({ nodes, crash, pass }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({ children: everywhere, takeover: true, name: 'pool' });
      await crash(a);
      await pass(5000);
      const [owner] = ownersOf([b, c], ref) as [HostNode];
      const found = { id: ref.id, nodeId: owner.id };
      for (const node of [b, c]) {
        expect(node.cluster.node.registry.whereis('pool')).toEqual(found);
      }
    }),
  );

  it(
    'stands back when it was only out of reach, and its copies of children end',
    inSupervision(3, async ({ nodes, living, pass }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({
        children: everywhere,
        nodeSelector: 'round_robin',
        takeover: true,
        restartIntensity: { maxRestarts: 100, withinMs: 1000 },
        name: 'pool',
      });
      a.transport.hold();
      await pass(60_000);
      expect(ownersOf(nodes, ref)).toHaveLength(2);
      expect(living().length).toBeGreaterThan(3);
      a.transport.release();
      await pass(30_000);
      const [owner, ...others] = ownersOf(nodes, ref);
      expect(others).toEqual([]);
      expect([b, c]).toContain(owner);
      expect(living().map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
      for (const node of nodes) {
        expect(node.cluster.node.registry.whereis('pool')?.nodeId).toBe(owner?.id);
      }
    }),
  );

  it(
    'goes on where the other of two nodes is all there is',
    inSupervision(2, async ({ nodes, living, crash, pass }) => {
      const [a, b] = nodes as [HostNode, HostNode];
      const ref = await a.supervisors.start({ children: everywhere, takeover: true });
      await crash(a);
      await pass(5000);
      expect(ownersOf([b], ref)).toHaveLength(1);
      expect(living().filter((place) => place.endsWith('n2'))).toHaveLength(3);
    }),
  );

  it(
    'goes on nowhere without takeover',
    inSupervision(3, async ({ nodes, crash, pass }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({ children: everywhere });
      await crash(a);
      await pass(5000);
      expect(ownersOf([b, c], ref)).toEqual([]);
    }),
  );
});

describe('Where a majority has to agree,', () => {
  const majority = { takeover: true, partition: 'majority', name: 'pool' } as const;
  const patient = { restartIntensity: { maxRestarts: 100, withinMs: 1000 } } as const;

  it(
    'the side of the few starts nothing, and the other goes on',
    inSupervision(3, async ({ nodes, starts, living, pass }) => {
      const [a, b, c] = nodes as Trio;
      const options = { ...majority, ...patient, nodeSelector: 'round_robin' } as const;
      const ref = await a.supervisors.start({ ...options, children: everywhere });
      starts.length = 0;
      a.transport.hold();
      await pass(60_000);
      expect(starts.filter((place) => place.endsWith('n1'))).toEqual([]);
      expect(starts.filter((place) => !place.endsWith('n1'))).toEqual(['w1@n2']);
      const [owner, ...others] = ownersOf([b, c], ref);
      expect(others).toEqual([]);
      a.transport.release();
      await pass(30_000);
      expect(ownersOf(nodes, ref)).toEqual([owner]);
      expect(living().map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
    }),
  );

  it(
    'a request on the side of the few is not acknowledged',
    inSupervision(3, async ({ nodes, living, pass }) => {
      const [a] = nodes as Trio;
      const ref = await a.supervisors.start({ ...majority, ...patient, children: everywhere });
      a.transport.hold();
      await pass(60_000);
      const starting = a.supervisors.startChild(ref, spec('w4'));
      await expect(starting).rejects.toThrow(/w4/);
      a.transport.release();
      await pass(30_000);
      expect(living().map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
    }),
  );

  it(
    'a lost node is survived, and so is the next once a third is back and admitted',
    inSupervision(3, async ({ nodes, living, crash, join, pass }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({ ...majority, ...patient, children: everywhere });
      await crash(a);
      await pass(20_000);
      const [second] = ownersOf([b, c], ref) as [HostNode];
      const returned = await join(1, 2n);
      await pass(20_000);
      await crash(second);
      await pass(20_000);
      const left = [b, c, returned].filter((node) => node !== second);
      expect(ownersOf(left, ref)).toHaveLength(1);
      const ends = left.map((node) => node.id.slice(0, 2));
      const alive = living().filter((place) => ends.includes(place.slice(3)));
      expect(alive.map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
    }),
  );

  it(
    'it takes three to begin with',
    inSupervision(2, async ({ nodes }) => {
      const [a] = nodes as [HostNode];
      const starting = a.supervisors.start({ ...majority, children: everywhere });
      await expect(starting).rejects.toThrow(InvalidOptionError);
      await expect(starting).rejects.toThrow(/at least 3 nodes/);
    }),
  );
});

describe('The options of a takeover', () => {
  it(
    'are refused with what was expected instead',
    inSupervision(1, async ({ nodes, living }) => {
      const [a] = nodes as [HostNode];
      const wrong = [
        { takeover: 5 },
        { takeover: { standbys: 0 } },
        { takeover: { standbys: ['nowhere'] } },
        { takeover: true, partition: 'sometimes' },
        { takeover: true, partition: { quorum: 0 } },
        { partition: 'majority' },
        { takeover: true, nodeSelector: () => a.id },
        { takeover: true, children: [spec('w1', { nodeSelector: () => a.id })] },
      ];
      for (const options of wrong) {
        await expect(a.supervisors.start(options as never)).rejects.toThrow(InvalidOptionError);
      }
      expect(living()).toEqual([]);
    }),
  );
});
