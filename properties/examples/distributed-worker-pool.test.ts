import { describe, expect, it } from 'vitest';
import { crash, simulate, simulationMatchers } from '../../sim/index.js';

expect.extend(simulationMatchers);

const module = new URL('./distributed-worker-pool-node.ts', import.meta.url);

describe('the distributed worker pool', () => {
  it('counts a result for each task, once, whatever befalls its nodes', async () => {
    await expect({ module, faults: 'swarm' as const }).toSurvive(25);
  });

  it('gives the tasks of a killed node to the workers of the others', async () => {
    const submitted = Array.from({ length: 20 }, (_, at) => ({
      node: 0,
      atMs: 4000,
      operation: { kind: 'submit', payload: `payload ${at}` },
    }));
    const faults = [crash(1, { atMs: 4200, mode: 'closes' })];
    const report = await simulate({ module, faults, workload: submitted });
    expect(report).toHoldInvariants();
    const counted = report.told<{ attempt: number }>('counted').map(({ data }) => data.attempt);
    expect(counted).toHaveLength(20);
    expect(Math.max(...counted)).toBe(2);
  });

  it('leaves the same trace in both lanes', async () => {
    await expect({ module, faults: 'swarm' as const, seed: 7 }).toReplay();
  });
});

describe('the pool that runs by itself', () => {
  it('answers each task once, whatever befalls its nodes', async () => {
    const pushing = new URL('./push-pool-node.ts', import.meta.url);
    await expect({ module: pushing, faults: 'swarm' as const }).toSurvive(20);
  });
});
