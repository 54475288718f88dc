import { describe, expect, it } from 'vitest';
import { simModule } from './bundle.js';
import type { Fault, Operation } from './plan.js';
import { nodeSpec, simulate, type SimOptions, type SimReport } from './simulate.js';

const program = { entry: simModule('testing/lives') };

function run(
  faults: readonly Fault[],
  operations: readonly Operation[] = [],
  options: Partial<SimOptions> = {},
): Promise<SimReport> {
  const settings = nodeSpec(0, undefined).address;
  const plan = { faults, operations };
  return simulate({
    program,
    lane: 'inproc',
    nodes: 2,
    settings,
    plan,
    durationMs: 5000,
    ...options,
  });
}

function told(report: SimReport, node: number, kind: string): unknown[] {
  const entries = report.observed.filter((entry) => entry.node === node);
  return entries.map(({ observation }) => observation).filter((told) => told.kind === kind);
}

describe('the world', () => {
  it('keeps what a node synced over its crash, and nothing else of its store', async () => {
    const report = await run([{ kind: 'crash', node: 1, atMs: 50, restartAfterMs: 100 }]);
    expect(told(report, 1, 'life')).toEqual([
      { kind: 'life', lives: 0, unsynced: false },
      { kind: 'life', lives: 1, unsynced: false },
    ]);
  });

  it('lets a node crash in the middle of what it sends', async () => {
    const report = await run(
      [{ kind: 'crash', node: 1, atMs: 90, mode: 'silent', afterOutputs: 3 }],
      [{ node: 1, atMs: 100, operation: 'burst' }],
    );
    expect(told(report, 0, 'heard')).toEqual([0, 1, 2].map((n) => ({ kind: 'heard', n })));
    expect(told(report, 0, 'closed')).toEqual([]);
    expect(report.threadEnds).toHaveLength(1);
  });

  it('closes the links of a node that leaves, behind all that it sent', async () => {
    const report = await run([], [{ node: 1, atMs: 100, operation: 'leave after a burst' }]);
    expect(told(report, 0, 'heard')).toHaveLength(10);
    expect(told(report, 0, 'closed')).toEqual([{ kind: 'closed', reason: 'closed-there' }]);
  });

  it('does nothing to a node that does not run', async () => {
    const report = await run(
      [
        { kind: 'crash', node: 1, atMs: 50 },
        { kind: 'crash', node: 1, atMs: 60 },
        { kind: 'restart', node: 0, atMs: 70 },
      ],
      [{ node: 1, atMs: 80, operation: 'burst' }],
    );
    expect(report.entries.filter(({ kind }) => kind === 'idle')).toHaveLength(3);
    expect(report.threads).toHaveLength(2);
  });

  it('stops at the event that it was told, with the same entries up to there', async () => {
    const whole = await run([], [{ node: 1, atMs: 100, operation: 'burst' }]);
    const part = await run([], [{ node: 1, atMs: 100, operation: 'burst' }], { untilEvent: 20 });
    expect(part.end).toBe('until-event');
    expect(part.entries.slice(0, 20)).toEqual(whole.entries.slice(0, 20));
  });

  it('ends when nothing is left to happen', async () => {
    const report = await run([]);
    expect(report.end).toBe('quiet');
    expect(report.endedUs).toBeLessThanOrEqual(5_000_000);
  });

  it('ends a run whose nodes never let the time go on', async () => {
    const report = await run([], [{ node: 1, atMs: 100, operation: 'keep busy' }]);
    expect([report.end, report.endedUs]).toEqual(['livelock', 100_000]);
  });

  it('numbers nodes and threads in order, one after another', async () => {
    const report = await run([], [], { nodes: 5, lane: 'worker' });
    expect(report.threads.map(({ node }) => node)).toEqual([0, 1, 2, 3, 4]);
    const ids = report.threads.map(({ threadId }) => threadId);
    expect(ids).toEqual([...ids].sort((left, right) => left - right));
  });

  it('rejects a plan that names a node that is not there', async () => {
    await expect(run([{ kind: 'crash', node: 7, atMs: 50 }])).rejects.toThrow(/node 7/);
  });
});
