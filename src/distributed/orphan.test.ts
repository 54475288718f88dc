import { describe, expect, it } from 'vitest';
import { InvalidOptionError } from '../otp/option.js';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

const there = (node: HostNode) => spec('w', { nodeSelector: { node: node.id } });

describe('A child whose supervisor is out of reach', () => {
  it(
    'goes on for its orphan timeout, and then ends itself',
    inSupervision(2, async ({ nodes, living, crash, pass, cluster }) => {
      const [a, b] = nodes as [HostNode, HostNode];
      await a.supervisors.start({ children: [there(b)], orphanTimeoutMs: 90_000 });
      await crash(a);
      await pass(85_000);
      expect(living()).toContain('w@n2');
      await pass(10_000);
      expect(living()).not.toContain('w@n2');
      const warnings = cluster.platform.logged.filter(({ level }) => level === 'warn');
      expect(warnings.map(({ message }) => message)).toContainEqual(
        'a child ends: its supervisor has been out of reach for too long',
      );
    }),
  );

  it(
    'waits for ever when it is told to',
    inSupervision(2, async ({ nodes, living, crash, pass }) => {
      const [a, b] = nodes as [HostNode, HostNode];
      await a.supervisors.start({ children: [there(b)], orphanTimeoutMs: Infinity });
      await crash(a);
      await pass(3_600_000);
      expect(living()).toContain('w@n2');
    }),
  );

  it(
    'ends before that for another one, when its supervisor is heard of again',
    inSupervision(2, async ({ nodes, living, starts, pass, cluster }) => {
      const [a, b] = nodes as [HostNode, HostNode];
      await a.supervisors.start({ children: [there(b)], orphanTimeoutMs: 40_000 });
      const downs: string[] = [];
      b.cluster.onNodeDown((nodeId) => downs.push(nodeId));
      a.transport.hold();
      while (downs.length === 0) await pass(100);
      a.transport.release();
      await pass(10_000);
      expect(starts).toEqual(['w@n2', 'w@n2']);
      await pass(120_000);
      expect(living()).toEqual(['w@n2']);
      expect(cluster.platform.logged.filter(({ level }) => level === 'warn')).toEqual([]);
    }),
  );

  it(
    'cannot be told to give up before the loss is noticed at all',
    inSupervision(1, async ({ nodes }) => {
      const [a] = nodes as [HostNode];
      const starting = a.supervisors.start({ orphanTimeoutMs: 1000 });
      await expect(starting).rejects.toThrow(InvalidOptionError);
      await expect(starting).rejects.toThrow(/orphanTimeoutMs to be milliseconds above \d+/);
    }),
  );
});
