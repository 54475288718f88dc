import { describe, expect, it } from 'vitest';
import type { Resumed, Supervising } from './fact.js';
import { TakeoverChecker } from './takeover.js';
import { type Line, SUPERVISOR, judge, lost, over, spawned, up, world } from './testing/story.js';

const nobodyAsked = { votesNeeded: 0, voters: [] };
const intensity = { maxRestarts: 3, withinMs: 60_000 };

function ran(takeover: Supervising['takeover']): Line[] {
  const children = [{ childId: 'a', nodeId: 'node1@h:1' }];
  const how = { strategy: 'one_for_one', restartIntensity: intensity, children } as const;
  const settings = takeover === undefined ? how : { ...how, takeover };
  return [
    ...spawned(3),
    ...up(0, 'a', 1),
    [0, 0, { kind: 'supervising', supervisorId: SUPERVISOR, ...settings }],
  ];
}

function resumed(atMs: number, node: number, term: number, restartAgesMs: number[] = []): Line {
  const fact: Resumed = {
    kind: 'supervisor_resumed',
    supervisorId: SUPERVISOR,
    term,
    strategy: 'one_for_one',
    restartIntensity: intensity,
    takeover: nobodyAsked,
    restartAgesMs,
    children: [{ childId: 'a', restart: 'permanent', state: 'running', sequence: 1 }],
  };
  return [atMs, node, fact];
}

const crash = world(2000, 0, 'crash');

function brokenBy(...lines: readonly Line[]): string | undefined {
  return judge(new TakeoverChecker(), [...ran(nobodyAsked), ...lines], 40_000)?.message;
}

describe('L4', () => {
  it('takes a supervisor that goes on at one other node, and counts it', () => {
    const checker = new TakeoverChecker();
    const log = [...ran(nobodyAsked), crash, resumed(3000, 1, 2)];
    expect(judge(checker, log, 40_000)).toBeUndefined();
    expect(checker.checks).toBe(2);
    expect(checker.excuse).toBeUndefined();
  });

  it('finds a supervisor that goes on nowhere', () => {
    expect(brokenBy(crash)).toMatch(/was lost with n0 for good/);
  });

  it('lets one be lost that nobody was to take over, or that had ended', () => {
    expect(judge(new TakeoverChecker(), [...ran(undefined), crash], 40_000)).toBeUndefined();
    expect(brokenBy(over(1000, 'max_restarts'), crash)).toBeUndefined();
  });

  it('finds two that have it in the end, but not where one has stood back', () => {
    const twins = [resumed(3000, 1, 2), resumed(3000, 2, 2)];
    expect(brokenBy(crash, ...twins)).toMatch(/runs on n1 in term 2 and on n2 in term 2/);
    const stoodBack: Line = [
      4000,
      1,
      { kind: 'supervisor_ended', supervisorId: SUPERVISOR, cause: 'superseded' },
    ];
    expect(brokenBy(crash, ...twins, stoodBack)).toBeUndefined();
  });

  it('finds a term that is not new', () => {
    expect(brokenBy(crash, resumed(3000, 1, 1))).toMatch(/under term 1, which is not new/);
  });

  it('finds restarts that were forgotten on the way', () => {
    const restarted = [lost(500, ['a']), ...up(600, 'a', 2)];
    expect(brokenBy(...restarted, crash, resumed(3000, 1, 2))).toMatch(/with 0 restarts of those/);
    expect(brokenBy(...restarted, crash, resumed(3000, 1, 2, [2500]))).toBeUndefined();
  });
});
