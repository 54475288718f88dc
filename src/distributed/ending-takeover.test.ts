import { expect, it } from 'vitest';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

it(
  'a supervisor whose node is lost while it stops is stopped by the next owner, with all children',
  inSupervision(3, async ({ nodes, living, crash, pass }) => {
    const [a, b, c] = nodes as [HostNode, HostNode, HostNode];
    const on = (node: HostNode) => ({ nodeSelector: { node: node.id } });
    const children = [spec('w1', on(b)), spec('w2', on(c)), spec('w3', on(b))];
    const ref = await a.supervisors.start({ children, takeover: true });
    void a.supervisors.stop(ref).catch(() => undefined);
    while (living().length === 3) await pass(1);
    expect(living()).toContain('w1@n2');
    await crash(a);
    await pass(10_000);
    expect(living()).toEqual([]);
    expect([b, c].map(({ supervisors }) => supervisors.isRunning(ref))).toEqual([false, false]);
  }),
);
