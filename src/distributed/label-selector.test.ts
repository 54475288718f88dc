import { describe, expect, it } from 'vitest';
import { type HostNode, inSupervision, spec } from './testing/supervision-world.js';

const gpu = { nodeSelector: { label: 'gpu' } };

describe('The labels of a node', () => {
  it(
    'are seen by all, those that joined before it and after it',
    inSupervision(2, async ({ nodes, join, sever, pass }) => {
      const labelled = await join(3, 1n, ['gpu', 'eu']);
      const late = await join(4);
      await pass(100);
      sever(late, labelled);
      await pass(1000);
      for (const { cluster } of nodes) {
        const { node } = cluster;
        const all = [...node.connectedNodes(), node.localNode()];
        const found = all.filter(({ labels }) => labels.length > 0);
        expect(found).toMatchObject([{ id: labelled.id, labels: ['gpu', 'eu'] }]);
      }
    }),
  );

  it.each([['gpu'], [5], [['']], [[5]], [['gpu', 'gpu']], [['x'.repeat(129)]], [[undefined]]])(
    'cannot be %j',
    (labels) =>
      inSupervision(0, async ({ join, nodes }) => {
        await expect(join(1, 1n, labels as never)).rejects.toMatchObject({
          code: 'ERR_INVALID_CLUSTER_CONFIG',
          reason: expect.stringContaining('labels') as string,
        });
        expect(nodes).toEqual([]);
      })(),
  );
});

describe('A child that asks for a label', () => {
  it(
    'runs on a node that has it, each in turn, whatever else is placed in between',
    inSupervision(1, async ({ nodes, join, living, pass }) => {
      const [a] = nodes as [HostNode];
      await join(2, 1n, ['gpu']);
      await join(3);
      await join(4, 1n, ['eu', 'gpu']);
      await pass(100);
      const other = { nodeSelector: 'round_robin' } as const;
      await a.supervisors.start({
        children: [spec('g1', gpu), spec('w1', other), spec('g2', gpu), spec('w2', other)],
      });
      expect(living()).toEqual(['g1@n2', 'g2@n4', 'w1@n1', 'w2@n2']);
    }),
  );

  it(
    'may prefer one of them',
    inSupervision(1, async ({ nodes, join, living, pass }) => {
      const [a] = nodes as [HostNode];
      const b = await join(2, 1n, ['gpu']);
      await join(3, 1n, ['gpu']);
      await pass(100);
      const here = await b.supervisors.start({
        nodeSelector: { label: 'gpu', prefer: 'local_first' },
      });
      for (const id of ['w1', 'w2']) await b.supervisors.startChild(here, spec(id));
      // Until the nodes have told how busy they are.
      await pass(6000);
      const nodeSelector = { label: 'gpu', prefer: 'least_loaded' } as const;
      await a.supervisors.start({ children: [spec('w3', { nodeSelector })] });
      expect(living()).toEqual(['w1@n2', 'w2@n2', 'w3@n3']);
    }),
  );

  it(
    'waits for such a node when the last one is lost',
    inSupervision(1, async ({ nodes, join, living, crash, pass }) => {
      const [a] = nodes as [HostNode];
      const b = await join(2, 1n, ['gpu']);
      await pass(100);
      const ref = await a.supervisors.start({ children: [spec('w1', gpu)] });
      await crash(b);
      await pass(5000);
      expect(living()).toEqual([]);
      expect(a.supervisors.countChildren(ref)).toBe(1);
      await expect(a.supervisors.startChild(ref, spec('w2', gpu))).rejects.toMatchObject({
        code: 'ERR_NO_AVAILABLE_NODE',
        selector: { label: 'gpu' },
      });
      await join(3, 1n, ['gpu']);
      await pass(5000);
      expect(living()).toEqual(['w1@n3']);
    }),
  );
});

describe('A selector by name', () => {
  it(
    'is asked on whichever node has the supervisor',
    inSupervision(3, async ({ nodes, living, crash, pass }) => {
      const [a, b, c] = nodes as [HostNode, HostNode, HostNode];
      for (const { supervisors } of nodes) supervisors.registerSelector('last', lastOf);
      const nodeSelector = { selector: 'last' };
      const children = [spec('w1'), spec('w2', { nodeSelector: 'local_first' })];
      const ref = await a.supervisors.start({ nodeSelector, children, takeover: true });
      expect(living()).toEqual(['w1@n3', 'w2@n1']);
      await crash(c);
      await pass(5000);
      expect(living()).toEqual(['w1@n2', 'w2@n1']);
      await crash(a);
      await pass(5000);
      await b.supervisors.startChild(ref, spec('w3'));
      expect(living()).toEqual(['w1@n2', 'w2@n2', 'w3@n2']);
    }),
  );

  it(
    'that nobody has registered holds its children back, and says why',
    inSupervision(2, async ({ nodes, living, crash, pass }) => {
      const [a, b] = nodes as [HostNode, HostNode];
      b.supervisors.registerSelector('last', lastOf);
      const nodeSelector = { selector: 'last' };
      const ref = await b.supervisors.start({
        children: [spec('w1', { nodeSelector })],
        takeover: true,
      });
      expect(living()).toEqual(['w1@n2']);
      await crash(b);
      await pass(5000);
      expect(living()).toEqual([]);
      await expect(
        a.supervisors.startChild(ref, spec('w2', { nodeSelector })),
      ).rejects.toMatchObject({
        code: 'ERR_NO_AVAILABLE_NODE',
        cause: { code: 'ERR_SELECTOR_NOT_REGISTERED', selectorName: 'last' },
      });
      a.supervisors.registerSelector('last', lastOf);
      await pass(100);
      expect(living()).toEqual(['w1@n1']);
      expect(a.supervisors.unregisterSelector('last')).toBe(true);
      expect(a.supervisors.unregisterSelector('last')).toBe(false);
    }),
  );

  it(
    'has a name and is a function',
    inSupervision(1, async ({ nodes }) => {
      const [{ supervisors, id }] = nodes as [HostNode];
      expect(() => supervisors.registerSelector('', () => id)).toThrow('the name of a selector');
      expect(() => supervisors.registerSelector('x', 'random' as never)).toThrow('a function');
      expect(() => supervisors.unregisterSelector(5 as never)).toThrow('a string');
      expect(() => supervisors.onLifecycleEvent(5 as never)).toThrow('a function');
      await expect(supervisors.start({ takeover: true, nodeSelector: () => id })).rejects.toThrow(
        'registerSelector',
      );
    }),
  );
});

function lastOf(nodes: readonly { readonly id: HostNode['id'] }[]): HostNode['id'] {
  return (nodes.at(-1) as { id: HostNode['id'] }).id;
}
