import { describe, expect, it } from 'vitest';
import type { Violation } from '../checkers/checker.js';
import { killScenario } from '../scenarios/kill.js';
import { runConfig, type SimReport } from '../simulate.js';
import { story, type StoryStep } from '../testing/story.js';
import { EXIT, verdictOf } from './verdict.js';

const scenario = killScenario(
  { nodes: 2, kill: 1, children: 1, strategy: 'one_for_one', selector: 'round_robin' },
  1,
);
const [first = '', second = ''] = scenario.settings.nodeIds;
const child = { childId: 'counter-1', nodeId: first };
const steps: readonly StoryStep[] = [
  [1, 0, 'node_up', { nodeId: second }],
  [2, 0, 'child_started', { ...child, nodeId: second }],
  [3, 0, 'supervising', { children: [{ ...child, nodeId: second }] }],
  [5000, 1, 'world_crash'],
  [5001, 0, 'node_down', { nodeId: second }],
  [5001, 0, 'children_lost', { childIds: ['counter-1'] }],
  [5001, 0, 'child_start', child],
  [5002, 0, 'child_started', child],
  [6000, 0, 'asked', { op: 1 }],
  [6001, 0, 'answered', { op: 1 }],
  [scenario.times.finalMs, 0, 'final_members'],
  [scenario.times.finalMs, 0, 'final_table', { children: [child] }],
];

function reportOf(kinds: (kind: string) => boolean, rest: Partial<SimReport> = {}): SimReport {
  return {
    lane: 'inproc',
    config: runConfig({ nodes: 2, program: { entry: '' } }),
    wallMs: 1,
    end: 'duration',
    endedUs: 30_000_000,
    loopMs: 1,
    turns: 1,
    events: 1,
    traceHash: '',
    entries: [],
    failures: [],
    faults: [],
    threads: [],
    threadEnds: [{ node: 1, incarnation: 1, threadId: 1, exited: true }],
    observed: story(...steps.filter(([, , kind]) => kinds(kind))),
    violation: undefined,
    checked: [{ id: 'S1', title: 'one charge', checks: 1 }],
    ...rest,
  };
}

const all = (): boolean => true;
const violation = (checker: string): Violation => {
  return { checker, message: `${checker} promises`, event: 1, atUs: 1 };
};
const exitCodeOf = (report: SimReport) => verdictOf(report, scenario).exitCode;

describe('the verdict', () => {
  it('is PASS when every promise was tested and held', () => {
    expect(verdictOf(reportOf(all), scenario)).toEqual({ word: 'PASS', exitCode: EXIT.pass });
  });

  it('is FAIL for a promise that was never tested, unless its checker has an excuse', () => {
    const checked = [{ id: 'S1', title: 'one charge', checks: 0 }];
    expect(exitCodeOf(reportOf(all, { checked }))).toBe(EXIT.broken);
    const excused = checked.map((one) => ({ ...one, excuse: 'nothing was lost' }));
    expect(exitCodeOf(reportOf(all, { checked: excused }))).toBe(EXIT.pass);
  });

  it('is FAIL when no call was answered after the last kill', () => {
    expect(exitCodeOf(reportOf((kind) => kind !== 'answered'))).toBe(EXIT.broken);
  });

  it('is FAIL when a node threw by itself', () => {
    const failure = { name: 'TypeError', message: 'no' };
    const failures = [{ node: 0, incarnation: 1, atUs: 1, failure }];
    const { exitCode, reason } = verdictOf(reportOf(all, { failures }), scenario);
    expect([exitCode, reason]).toEqual([
      EXIT.broken,
      'node1 threw and nobody caught it: TypeError: no',
    ]);
  });

  it('tells a promise that is broken from one that had no time to come true', () => {
    const unsettled = (kind: string): boolean => kind !== 'child_started' && kind !== 'node_down';
    expect(exitCodeOf(reportOf(all, { violation: violation('L1') }))).toBe(EXIT.broken);
    expect(exitCodeOf(reportOf(unsettled, { violation: violation('L1') }))).toBe(EXIT.notConverged);
    expect(exitCodeOf(reportOf(unsettled, { violation: violation('S3') }))).toBe(EXIT.broken);
  });

  it('is FAIL when something moves after the time to settle', () => {
    const { settledMs = 0 } = scenario.times;
    const late = story(...steps, [settledMs + 1, 0, 'node_down', { nodeId: second }]);
    const { exitCode, broken, reason } = verdictOf(reportOf(all, { observed: late }), scenario);
    expect([exitCode, broken]).toEqual([EXIT.broken, 'stability']);
    expect(reason).toMatch(/had to be quiet.*node down/);
  });

  it('lets a supervisor that gave up, or a child that no node may take, be missing', () => {
    const gone = steps.filter(([, , kind]) => kind !== 'final_table' && kind !== 'child_started');
    const ended: StoryStep = [7000, 0, 'supervisor_ended'];
    const held: StoryStep = [7000, 0, 'child_held', { childId: 'counter-1' }];
    for (const step of [ended, held]) {
      const observed = story(...[...gone, step].sort(([left], [right]) => left - right));
      expect(exitCodeOf(reportOf(all, { observed }))).toBe(EXIT.pass);
    }
  });

  it.each(['final_members', 'child_started'])('is not converged without %s', (missing) => {
    expect(exitCodeOf(reportOf((kind) => kind !== missing))).toBe(EXIT.notConverged);
  });

  it('is not converged when nodes keep each other busy without end', () => {
    expect(exitCodeOf(reportOf(all, { end: 'livelock' }))).toBe(EXIT.notConverged);
  });

  it('is none for a run that was interrupted', () => {
    const report = reportOf(all, { end: 'aborted', violation: violation('S3') });
    expect(verdictOf(report, scenario).word).toBe('ABORTED');
  });
});
