import { describe, expect, it } from 'vitest';
import { crash, simulate, simulationMatchers } from '../../sim/index.js';

expect.extend(simulationMatchers);

const module = new URL('./task-scheduler-node.ts', import.meta.url);

describe('the task scheduler', () => {
  it('completes each task once, whatever befalls its nodes', async () => {
    await expect({ module, faults: 'swarm' as const }).toSurvive(25);
  });

  it('keeps every task when its own node dies again and again', async () => {
    const faults = [4000, 5500, 8000].map((atMs) => crash(0, { atMs, restartAfterMs: 400 }));
    const report = await simulate({ module, faults, seed: 3 });
    expect(report).toHoldInvariants();
    expect(report.told('survived')).toHaveLength(1);
    const kept = report.told<{ attempts: readonly string[] }>('kept').map(({ data }) => data);
    expect(kept.length).toBeGreaterThan(10);
    // What was under way on that node was lost with it, and done again.
    expect(kept.some(({ attempts }) => attempts.length > 1)).toBe(true);
  });

  it('leaves the same trace in both lanes', async () => {
    await expect({ module, faults: 'swarm' as const, seed: 7 }).toReplay();
  });
});
