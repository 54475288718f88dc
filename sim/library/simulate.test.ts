import { describe, expect, it } from 'vitest';
import { moduleFile } from '../testing/module-file.js';
import { simulate } from './simulate.js';
import { told } from './told-anchor.js';

const greeting = `
  import { Cluster, GenServer, Registry } from 'faultline';
  let greeted = 0;
  const greeter = {
    init: () => null,
    handleCall: (name: string) => ['hello ' + name, null] as const,
    handleCast: () => null,
  };
  export async function setup(node) {
    await GenServer.start(greeter, { name: 'greeter' });
    await node.untilComplete();
    node.observe('ready', { nodes: Cluster.getConnectedNodeCount() + 1, life: node.life });
  }
  export async function operate({ name }, node) {
    const text = await GenServer.call(Registry.lookup('greeter'), name);
    greeted += 1;
    node.observe('greeted', { text, greeted, at: Date.now() });
  }
`;

const workload = [
  { node: 1, atMs: 2000, operation: { name: 'Ada' } },
  { node: 1, atMs: 3000, operation: { name: 'Alan' } },
  { node: 2, atMs: 4000, operation: { name: 'Grace' } },
];

describe('a simulated module', () => {
  it('is set up on every node and works on its operations there', async () => {
    const report = await simulate({ module: moduleFile(greeting), workload });
    expect(report.violations).toEqual([]);
    expect(report.passed).toBe(true);
    expect(report.operations).toEqual({ done: 3, failed: 0 });
    const ready = report.told('ready');
    expect(ready.map(({ node }) => node).sort()).toEqual([0, 1, 2]);
    expect(ready.map(({ data }) => data['nodes'])).toEqual([3, 3, 3]);
    const texts = report.told<{ text: string }>('greeted').map(({ data }) => data.text);
    expect(texts).toEqual(['hello Ada', 'hello Alan', 'hello Grace']);
  });

  it('has state of its own on each node, and virtual time', async () => {
    const report = await simulate({ module: moduleFile(greeting), workload });
    const greeted = report.told<{ greeted: number; at: number }>('greeted');
    expect(greeted.map(({ data }) => data.greeted)).toEqual([1, 2, 1]);
    const [first, second] = greeted;
    expect(second!.data.at - first!.data.at).toBe(1000);
  });

  it('gives the same trace in a thread for each node', async () => {
    const module = moduleFile(greeting);
    const options = { module, workload, seed: 5, faults: 'swarm' as const };
    const inproc = await simulate(options);
    const worker = await simulate({ ...options, lane: 'worker' });
    expect(worker.plan.faults.length).toBeGreaterThan(0);
    expect(worker.traceHash).toBe(inproc.traceHash);
    expect(worker.told()).toEqual(inproc.told());
  });

  it('runs under the names that its nodes are given', async () => {
    const report = await simulate({ module: moduleFile(greeting), nodes: ['bank', 'shop'] });
    expect(report.nodes.map((id) => id.split('@')[0])).toEqual(['bank', 'shop']);
  });

  it('begins another life after a restart', async () => {
    const report = await simulate({
      module: moduleFile(greeting),
      faults: [{ kind: 'crash', node: 1, atMs: 2000, mode: 'closes', restartAfterMs: 500 }],
    });
    const lives = report.told('ready').filter(({ node }) => node === 1);
    expect(lives.map(({ life }) => life)).toEqual([1, 2]);
  });

  it('is struck by a fault that waits for something it tells', async () => {
    const report = await simulate({
      module: moduleFile(greeting),
      workload,
      faults: [{ kind: 'crash', node: 1, mode: 'closes', ...told('greeted', { node: 1, nth: 1 }) }],
    });
    expect(report.told('greeted').map(({ node }) => node)).toEqual([1, 2]);
  });

  it('may start its behaviours on other nodes by their names', async () => {
    const module = moduleFile(`
      import { DistributedSupervisor } from 'faultline';
      export const behaviors = (node) => ({
        worker: {
          init: (name: string) => (node.observe('started', { name }), name),
          handleCall: (_: unknown, name: string) => [name, name] as const,
          handleCast: (_: unknown, name: string) => name,
        },
      });
      export async function setup(node) {
        if (!node.isFirst || node.life > 1) return;
        await node.untilComplete();
        const children = ['a', 'b', 'c'].map((id) => ({ id, behavior: 'worker', args: [id] }));
        await DistributedSupervisor.start({ nodeSelector: 'round_robin', children });
      }
    `);
    const faults = [{ kind: 'crash' as const, node: 2, atMs: 5000, mode: 'closes' as const }];
    const report = await simulate({ module, faults });
    expect(report.violations).toEqual([]);
    expect(report.told('started')).toHaveLength(4);
    expect(new Set(report.told('started').map(({ node }) => node)).size).toBe(3);
    expect(report.checked.find(({ id }) => id === 'S3')!.checks).toBeGreaterThan(0);
  });

  it('draws its own workload when the test has none, another one for each seed', async () => {
    const module = moduleFile(`${greeting}
      export const workload = (draws, { nodes, fromMs, untilMs }) => [1, 2].map((n) => ({
        node: draws.between(0, nodes - 1, 'node', n),
        atMs: draws.between(fromMs, untilMs, 'at', n),
        operation: { name: 'number ' + n },
      }));
    `);
    const [first, second] = [
      await simulate({ module, seed: 1 }),
      await simulate({ module, seed: 2 }),
    ];
    expect(first.operations.done).toBe(2);
    expect(second.plan.operations).not.toEqual(first.plan.operations);
  });
});

describe('what a run does not pass', () => {
  it('is an invariant that gives a reason, or throws one', async () => {
    const report = await simulate({
      module: moduleFile(greeting),
      workload,
      invariants: {
        'nobody is greeted': (run) =>
          run.told('greeted').length > 0 ? `${run.told('greeted').length} were` : undefined,
        'Ada is greeted last': (run) => {
          expect(run.told('greeted').at(-1)!.data['text']).toBe('hello Ada');
          return undefined;
        },
        'somebody is greeted': (run) => (run.told('greeted').length > 0 ? undefined : 'nobody was'),
      },
    });
    expect(report.passed).toBe(false);
    expect(report.violations.map(({ checker }) => checker)).toEqual([
      'nobody is greeted',
      'Ada is greeted last',
    ]);
    expect(report.violation!.message).toBe('3 were');
    expect(report.toString()).toContain('seed 1 broke "nobody is greeted", "Ada is greeted last"');
    expect(report.toString()).toContain('node2 is asked for {"name":"Ada"}');
    expect(report.toString()).toContain('simulate({ ...options, seed: 1 })');
  });

  it('is what nodes may never tell, at the very moment that they do', async () => {
    const report = await simulate({
      module: moduleFile(greeting),
      workload,
      always: {
        'each is greeted once': () => {
          const seen = new Set<unknown>();
          return ({ what, data }) => {
            if (what !== 'greeted') return undefined;
            const isNew = !seen.has(data['greeted']);
            seen.add(data['greeted']);
            return isNew ? undefined : `number ${String(data['greeted'])} comes twice`;
          };
        },
      },
    });
    expect(report.violation!.message).toBe('number 1 comes twice');
    expect(report.violation!.atUs).toBe(4_000_000);
    const told = report.told('greeted').at(-1)!;
    expect(report.violation!.event).toBe(told.event);
  });

  it('is a node that crashes by itself', async () => {
    const report = await simulate({
      module: moduleFile(`
      export function setup(node) {
        if (node.index !== 1) return;
        setTimeout(() => { throw new Error('no luck'); }, 3000);
      }
    `),
    });
    expect(report.violation!.checker).toBe('nodes');
    expect(report.violation!.message).toContain('node2 crashed by itself: Error: no luck');
  });

  it('is a workload of which nothing succeeds', async () => {
    const module = moduleFile(`
      export const setup = (node) => node.observe('there');
      export async function operate() { throw new Error('not today'); }
    `);
    const report = await simulate({ module, workload });
    expect(report.operations).toEqual({ done: 0, failed: 3 });
    expect(report.violation!.message).toBe(
      'none of 3 operations succeeded; the last error: not today',
    );
  });

  it('is a promise about things that nobody ever told', async () => {
    const module = moduleFile('export const setup = () => undefined;');
    const report = await simulate({ module, invariants: { 'all is well': () => undefined } });
    expect(report.violation!.message).toContain('no node told anything');
  });

  it('is no single operation that is rejected, as faults make many of them', async () => {
    const module = moduleFile(`
      export const setup = (node) => node.observe('there');
      export async function operate({ name }) { if (name === 'Ada') throw new Error('not her'); }
    `);
    const report = await simulate({ module, workload });
    expect(report.passed).toBe(true);
    expect(report.operations).toEqual({ done: 2, failed: 1 });
    expect(report.toString()).toContain('2 operations done, 1 rejected');
  });
});

it('ends a row of seeds at the first that does not pass', async () => {
  const module = moduleFile(greeting);
  const invariants = {
    'not the third': ({ seed }: { seed: number }) => (seed === 3 ? 'it is' : undefined),
  };
  const report = await simulate({ module, workload, invariants, seeds: { from: 2, to: 9 } });
  expect(report.seed).toBe(3);
  expect((await simulate({ module, workload, invariants, seeds: [1, 2] })).passed).toBe(true);
});
