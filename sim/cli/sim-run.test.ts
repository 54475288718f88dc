import { describe, expect, it } from 'vitest';
import { runConfig, type SimReport } from '../simulate.js';
import type { TraceEntry } from '../trace.js';
import { compared, lanesOf } from './sim-run.js';

const entry = (event: number, digest: string): TraceEntry => {
  return { event, atUs: 1000, node: 0, incarnation: 1, kind: 'send', link: 0, bytes: 4, digest };
};

function reportOf(traceHash: string, entries: readonly TraceEntry[]): SimReport {
  return {
    lane: 'worker',
    config: runConfig({ nodes: 1, program: { entry: '' } }),
    wallMs: 1,
    end: 'duration',
    endedUs: 1,
    loopMs: 1,
    turns: 1,
    events: entries.length,
    traceHash,
    entries,
    failures: [],
    faults: [],
    threads: [],
    threadEnds: [],
    observed: [],
    violation: undefined,
    checked: [],
  };
}

describe('runs of one scenario', () => {
  it('are made in the lane that was asked for, and to compare in the other one too', () => {
    expect(lanesOf('inproc', false)).toEqual(['inproc']);
    expect(lanesOf('both', false)).toEqual(['worker', 'inproc']);
    expect(lanesOf('inproc', true)).toEqual(['inproc', 'inproc', 'worker']);
  });

  it('are the same when their hashes are, and else part at a named event', () => {
    const first = reportOf('a', [entry(0, 'x'), entry(1, 'y')]);
    expect(compared(first, reportOf('a', []))).toMatchObject({ isSame: true });
    expect(compared(first, reportOf('b', [entry(0, 'x'), entry(1, 'z')]))).toMatchObject({
      isSame: false,
      divergence: { event: 1, left: { digest: 'y' }, right: { digest: 'z' } },
    });
  });
});
