import { describe, expect, it } from 'vitest';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

type Trio = [HostNode, HostNode, HostNode];

const on = (node: HostNode) => ({ nodeSelector: { node: node.id } });

describe('The children of a supervisor with takeover', () => {
  it(
    'go on when its node is back at once and has forgotten them',
    inSupervision(3, async ({ nodes, starts, events, living, crash, join, pass }) => {
      const [a, b, c] = nodes as Trio;
      await a.supervisors.start({
        children: [spec('w1'), spec('w2', on(b)), spec('w3', on(c))],
        takeover: true,
        restartIntensity: { maxRestarts: 1, withinMs: 60_000 },
      });
      starts.length = events.length = 0;
      await crash(a);
      await join(1, 2n);
      await pass(6000);
      expect(starts.map((place) => place.slice(0, 2))).toEqual(['w1']);
      expect(living().filter((place) => !place.startsWith('w1'))).toEqual(['w2@n2', 'w3@n3']);
      expect(events.map(({ type }) => type)).toContain('supervisor_taken_over');
    }),
  );

  it(
    'end on a node that was out of reach when it ended',
    inSupervision(3, async ({ nodes, living, pass }) => {
      const [a, b, c] = nodes as Trio;
      const ref = await a.supervisors.start({
        children: [spec('w1', on(b)), spec('w2', on(c))],
        takeover: true,
        partition: 'majority',
      });
      c.transport.hold();
      await pass(60_000);
      // Another incarnation of what is out of reach runs nowhere: it is pinned.
      expect(living()).toEqual(['w1@n2', 'w2@n3']);
      await a.supervisors.stop(ref);
      await pass(6000);
      expect(living()).toEqual(['w2@n3']);
      c.transport.release();
      await pass(30_000);
      expect(living()).toEqual([]);
    }),
  );
});
