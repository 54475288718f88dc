import { describe, expect, it } from 'vitest';
import { call } from '../otp/call.js';
import { InvalidOptionError } from '../otp/option.js';
import type { DistributedSupervisorOptions } from './supervisor-options.js';
import { ActLog, tickerSpec } from './testing/act-log.js';
import {
  type HostNode,
  type SupervisionWorld,
  inSupervision,
} from './testing/supervision-world.js';

type Trio = [HostNode, HostNode, HostNode];

const LEASE_MS = 60_000;
const exclusive: DistributedSupervisorOptions = {
  placement: 'exclusive',
  takeover: true,
  partition: 'majority',
  leaseMs: LEASE_MS,
  restartIntensity: { maxRestarts: 100, withinMs: 1000 },
};
const on = (node: HostNode) => ({ nodeSelector: { node: node.id } });

/** A test body in a world of `count` nodes whose children note whatever they do. */
function inActs(count: number, body: (world: SupervisionWorld, acts: ActLog) => Promise<void>) {
  return inSupervision(count, async (world) => {
    const acts = new ActLog();
    for (const node of world.nodes) acts.hostOn(node);
    await body(world, acts);
  });
}

const three = ['w1', 'w2', 'w3'].map((id) => tickerSpec(id, { nodeSelector: 'round_robin' }));

describe('An exclusive child', () => {
  it(
    'goes on without a pause as long as nothing happens',
    inActs(3, async ({ nodes, starts, cluster, pass }, acts) => {
      const [a] = nodes as Trio;
      const ref = await a.supervisors.start({ ...exclusive, children: three });
      const fromMs = cluster.platform.clock.nowMs();
      await pass(10 * LEASE_MS);
      expect(starts).toEqual(['w1@n1', 'w2@n2', 'w3@n3']);
      for (const id of ['w1', 'w2', 'w3']) {
        expect(acts.longestPauseMs(id, fromMs)).toBeLessThanOrEqual(20);
      }
      expect(a.supervisors.getStats(ref).totalRestarts).toBe(0);
      await a.supervisors.stop(ref);
    }),
  );

  it(
    'that crashes comes back at once',
    inActs(3, async ({ nodes, starts, living, pass }, acts) => {
      const [a, b, c] = nodes as Trio;
      const children = [tickerSpec('w1', on(b))];
      const ref = await a.supervisors.start({ ...exclusive, children });
      await pass(100);
      const w1 = a.supervisors.getChild(ref, 'w1')?.ref as { id: string };
      await expect(call(c.runtime, w1, { kind: 'boom' })).rejects.toThrow('boom');
      await pass(100);
      expect(starts).toEqual(['w1@n2', 'w1@n2']);
      expect(living()).toEqual(['w1@n2']);
      expect(acts.overlaps()).toEqual([]);
    }),
  );

  it(
    'acts nowhere else before its lease on a node that is out of reach is over',
    inActs(3, async ({ nodes, living, cluster, pass }, acts) => {
      const [a, b] = nodes as Trio;
      const ref = await a.supervisors.start({ ...exclusive, children: three });
      await pass(100);
      const cutMs = cluster.platform.clock.nowMs();
      b.transport.hold();
      await pass(4 * LEASE_MS);
      expect(acts.overlaps()).toEqual([]);
      expect(acts.placesOf('w2')).toMatch(/^n2 n[13]$/);
      expect(acts.lastMs('w2', 'n2')).toBeGreaterThan(cutMs + LEASE_MS / 2);
      const [, to = ''] = acts.placesOf('w2').split(' ');
      expect(acts.firstMs('w2', to)).toBeGreaterThan(acts.lastMs('w2', 'n2'));
      expect(acts.firstMs('w2', to)).toBeLessThan(cutMs + 1.1 * LEASE_MS);
      b.transport.release();
      await pass(LEASE_MS);
      expect(acts.overlaps()).toEqual([]);
      expect(living().map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
      expect(a.supervisors.getStats(ref).nodeFailureRestarts).toBe(1);
    }),
  );

  it(
    'goes on under a new owner, and what ran with the old one stops before it runs elsewhere',
    inActs(3, async ({ nodes, living, cluster, pass }, acts) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({
        ...exclusive,
        children: three,
        nodeSelector: 'round_robin',
      });
      const fromMs = cluster.platform.clock.nowMs();
      a.transport.hold();
      await pass(5 * LEASE_MS);
      expect(acts.overlaps()).toEqual([]);
      const owners = [b, c].filter((node) => node.supervisors.isRunning(ref));
      expect(owners.length).toBeGreaterThan(0);
      expect(acts.placesOf('w1')).toMatch(/^n1 n[23]$/);
      // What it was last given lasts as long again as the owner's own word.
      expect(acts.lastMs('w1', 'n1')).toBeLessThanOrEqual(fromMs + 1.5 * LEASE_MS);
      expect(acts.placesOf('w2')).toBe('n2');
      expect(acts.longestPauseMs('w2', fromMs)).toBeLessThanOrEqual(20);
      a.transport.release();
      await pass(2 * LEASE_MS);
      expect(acts.overlaps()).toEqual([]);
      expect(living().map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
    }),
  );

  it(
    'is replaced when its owner dies with it',
    inActs(3, async ({ nodes, crash, pass }, acts) => {
      const [a] = nodes as Trio;
      await a.supervisors.start({ ...exclusive, children: three, nodeSelector: 'round_robin' });
      await pass(100);
      await crash(a);
      await pass(4 * LEASE_MS);
      expect(acts.placesOf('w1')).toMatch(/^n1 n[23]$/);
      expect(acts.placesOf('w2')).toBe('n2');
    }),
  );

  it(
    'is handed over without a pause when its owner leaves',
    inActs(4, async ({ nodes, cluster, pass }, acts) => {
      const [a, b] = nodes as Trio;
      await a.supervisors.start({ ...exclusive, children: [tickerSpec('w1', on(b))] });
      const fromMs = cluster.platform.clock.nowMs();
      await a.cluster.stop();
      await pass(3 * LEASE_MS);
      expect(acts.placesOf('w1')).toBe('n2');
      expect(acts.longestPauseMs('w1', fromMs)).toBeLessThanOrEqual(20);
    }),
  );

  it.each([1, 2])('on node %i, which stands still, never acts again once it was replaced', (port) =>
    inActs(3, async ({ nodes, living, pass }, acts) => {
      const [a] = nodes as Trio;
      const node = nodes[port - 1] as HostNode;
      await a.supervisors.start({ ...exclusive, children: three, nodeSelector: 'round_robin' });
      for (const pauseMs of [LEASE_MS / 3, 0.9 * LEASE_MS, 4 * LEASE_MS]) {
        node.freezer.freeze();
        await pass(pauseMs);
        node.freezer.thaw();
        await pass(4 * LEASE_MS);
        expect(acts.overlaps(), `after ${pauseMs} ms`).toEqual([]);
        expect(living().map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
      }
    })(),
  );

  it(
    'waits, may not send and does not answer while its owner has no majority, and then goes on',
    inActs(4, async ({ nodes, starts, cluster, pass }, acts) => {
      const [a, b, c, d] = nodes as [HostNode, HostNode, HostNode, HostNode];
      const takeover = { voters: [a.id, c.id, d.id] };
      const children = [tickerSpec('w1', on(b)), tickerSpec('w2', on(b))];
      const ref = await a.supervisors.start({ ...exclusive, takeover, children });
      await pass(100);
      const w2 = a.supervisors.getChild(ref, 'w2')?.ref as { id: string };
      const fromMs = cluster.platform.clock.nowMs();
      for (const node of [c, d]) node.transport.hold();
      let answer: unknown;
      const order = { kind: 'send', afterMs: 2 * LEASE_MS } as const;
      const asked = call(a.runtime, w2, order, { timeout: Infinity });
      void asked.then((reply) => (answer = reply));
      await pass(4 * LEASE_MS);
      expect(answer).toBeUndefined();
      expect(acts.lastMs('w1', 'n2')).toBeLessThan(fromMs + 1.5 * LEASE_MS);
      for (const node of [c, d]) node.transport.release();
      await pass(LEASE_MS);
      expect(answer).toBe('ERR_LEASE_LOST');
      expect(acts.lastMs('w1', 'n2')).toBeGreaterThan(fromMs + 4.5 * LEASE_MS);
      expect(starts).toHaveLength(2);
    }),
  );

  it(
    'holds back those after it until it may start again, under rest_for_one',
    inActs(3, async ({ nodes, starts, cluster, pass }, acts) => {
      const [a, b] = nodes as Trio;
      const children = [
        tickerSpec('w1', on(a)),
        tickerSpec('w2', { nodeSelector: 'round_robin' }),
        tickerSpec('w3', { nodeSelector: 'round_robin' }),
        tickerSpec('w4', on(a)),
      ];
      const strategy = 'rest_for_one';
      await a.supervisors.start({ ...exclusive, strategy, children, nodeSelector: 'round_robin' });
      await pass(100);
      const [, lost = ''] = starts.filter((place) => place.startsWith('w')).slice(0, 3);
      const victim = nodes.find(({ id }) => id.startsWith(lost.slice(3))) ?? b;
      if (victim === a) return;
      starts.length = 0;
      const fromMs = cluster.platform.clock.nowMs();
      victim.transport.hold();
      await pass(2 * LEASE_MS);
      expect(starts.map((place) => place.slice(0, 2))).toEqual(['w2', 'w3', 'w4']);
      expect(acts.overlaps()).toEqual([]);
      expect(acts.longestPauseMs('w1', fromMs)).toBeLessThanOrEqual(20);
    }),
  );
});

describe('The options of exclusive placement', () => {
  it(
    'are refused with what was expected instead',
    inActs(3, async ({ nodes }) => {
      const [a] = nodes as Trio;
      const wrong = [
        [{ placement: 'twice' }, /'shared' or 'exclusive'|shared/],
        [{ placement: 'exclusive', takeover: undefined, partition: undefined }, /majority/],
        [{ placement: 'exclusive', partition: 'available' }, /majority/],
        [{ placement: 'exclusive', partition: { quorum: 1 } }, /more than half/],
        [{ leaseMs: 1000 }, /leaseMs.*above 30000/],
        [{ clockDriftMax: 2 }, /clockDriftMax/],
        [{ orphanTimeoutMs: 31_000 }, /orphanTimeoutMs.*lease/],
        [{ placement: 'shared' }, /leaseMs.*placement/],
      ] as const;
      for (const [options, message] of wrong) {
        const starting = a.supervisors.start({ ...exclusive, ...options } as never);
        await expect(starting).rejects.toThrow(InvalidOptionError);
        await expect(starting).rejects.toThrow(message);
      }
    }),
  );
});
