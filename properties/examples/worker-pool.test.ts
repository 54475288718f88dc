import { describe, expect, it } from 'vitest';
import { simulate, simulationMatchers } from '../../sim/index.js';

expect.extend(simulationMatchers);

const module = new URL('./worker-pool-node.ts', import.meta.url);

describe('the supervised worker pool', () => {
  it('answers each task once, whatever befalls its workers and its node', async () => {
    await expect({ module, faults: 'swarm' as const }).toSurvive(25);
  });

  it('replaces the workers that were ended in the middle of their tasks', async () => {
    const at = (atMs: number, operation: unknown) => ({ node: 0, atMs, operation });
    const report = await simulate({
      module,
      nodes: 1,
      workload: [
        ...['a', 'b', 'c', 'd'].map((task) => at(2000, { kind: 'submit', task })),
        at(2050, { kind: 'end', worker: 0 }),
        at(2050, { kind: 'end', worker: 1 }),
      ],
    });
    expect(report).toHoldInvariants();
    expect(report.told('done')).toHaveLength(4);
    expect(report.told('survived')[0]?.data).toEqual({ totalTasks: 4, workerCount: 3 });
  });

  it('leaves the same trace in both lanes', async () => {
    await expect({ module, faults: 'swarm' as const, seed: 7 }).toReplay();
  });
});
