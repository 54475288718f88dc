import { describe, expect, it } from 'vitest';
import { call } from '../otp/call.js';
import { ActLog, tickerSpec } from './testing/act-log.js';
import {
  type HostNode,
  type SupervisionWorld,
  inSupervision,
} from './testing/supervision-world.js';

type Trio = [HostNode, HostNode, HostNode];

const generous = { restartIntensity: { maxRestarts: 100, withinMs: 1000 } } as const;
const three = ['w1', 'w2', 'w3'].map((id) => tickerSpec(id, { nodeSelector: 'round_robin' }));

/** A test body in a world of three nodes whose children note whatever they do. */
function inActs(body: (world: SupervisionWorld, acts: ActLog) => Promise<void>) {
  return inSupervision(3, async (world) => {
    const acts = new ActLog();
    for (const node of world.nodes) acts.hostOn(node);
    await body(world, acts);
  });
}

describe('A child on a node that stood still', () => {
  it(
    'does nothing any more when it was started elsewhere meanwhile',
    inActs(async ({ nodes, living, cluster, pass }, acts) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({ ...generous, children: three });
      await pass(100);
      const w2 = a.supervisors.getChild(ref, 'w2')?.ref as { id: string };
      const stoppedMs = cluster.platform.clock.nowMs();
      b.freezer.freeze();
      const asked = call(c.runtime, w2, { kind: 'who' }, { timeout: Infinity });
      const outcome = asked.then(
        () => 'answered',
        () => 'refused',
      );
      await pass(60_000);
      b.freezer.thaw();
      await pass(60_000);
      expect(await outcome).toBe('refused');
      expect(acts.lastMs('w2', 'n2')).toBeLessThanOrEqual(stoppedMs);
      expect(acts.overlaps()).toEqual([]);
      expect(living().map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
    }),
  );

  it(
    'does nothing any more when its supervisor, on the same node, was taken over meanwhile',
    inActs(async ({ nodes, living, cluster, pass }, acts) => {
      const [a] = nodes as Trio;
      await a.supervisors.start({ ...generous, takeover: true, children: three });
      await pass(100);
      const stoppedMs = cluster.platform.clock.nowMs();
      a.freezer.freeze();
      await pass(60_000);
      a.freezer.thaw();
      await pass(60_000);
      expect(acts.placesOf('w1')).toMatch(/^n1 n[23]$/);
      expect(acts.lastMs('w1', 'n1')).toBeLessThanOrEqual(stoppedMs);
      expect(acts.overlaps()).toEqual([]);
      expect(living().map((place) => place.slice(0, 2))).toEqual(['w1', 'w2', 'w3']);
    }),
  );

  it(
    'goes on when nobody has missed it',
    inActs(async ({ nodes, starts, cluster, pass }, acts) => {
      const [a, b] = nodes as Trio;
      await a.supervisors.start({ ...generous, takeover: true, children: three });
      await pass(100);
      b.freezer.freeze();
      await pass(9000);
      b.freezer.thaw();
      await pass(1000);
      const fromMs = cluster.platform.clock.nowMs();
      await pass(1000);
      for (const id of ['w1', 'w2', 'w3']) expect(acts.longestPauseMs(id, fromMs)).toBe(10);
      expect(starts).toHaveLength(3);
    }),
  );

  it(
    'goes on where the whole machine stood still',
    inActs(async ({ nodes, starts, cluster, pass }, acts) => {
      const [a] = nodes as Trio;
      await a.supervisors.start({ ...generous, takeover: true, children: three });
      await pass(100);
      for (const { freezer } of nodes) freezer.freeze();
      await pass(60_000);
      for (const { freezer } of nodes) freezer.thaw();
      await pass(1000);
      const fromMs = cluster.platform.clock.nowMs();
      await pass(1000);
      for (const id of ['w1', 'w2', 'w3']) expect(acts.longestPauseMs(id, fromMs)).toBe(10);
      expect(starts).toHaveLength(3);
    }),
  );

  it(
    'goes on without its supervisor once that is known to be lost',
    inActs(async ({ nodes, crash, pass, cluster }, acts) => {
      const [a, b] = nodes as Trio;
      await a.supervisors.start({ ...generous, orphanTimeoutMs: 200_000, children: three });
      await pass(100);
      b.freezer.freeze();
      await crash(a);
      await pass(60_000);
      b.freezer.thaw();
      const thawedMs = cluster.platform.clock.nowMs();
      await pass(60_000);
      expect(acts.lastMs('w2', 'n2')).toBeGreaterThan(thawedMs + 50_000);
      await pass(200_000);
      expect(acts.lastMs('w2', 'n2')).toBeLessThan(thawedMs + 230_000);
    }),
  );
});
