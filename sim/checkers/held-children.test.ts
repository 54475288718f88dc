import { describe, expect, it } from 'vitest';
import type { SelectorWord } from './fact.js';
import { HeldChildrenChecker } from './held-children.js';
import {
  judge,
  type Line,
  lost,
  nodeId,
  spawned,
  SUPERVISOR,
  supervising,
  up,
  world,
} from './testing/story.js';

const begin = [...spawned(2), ...supervising(0, 'one_for_one', ['a'])];
const crash = world(100, 1, 'crash');
const back = world(5000, 1, 'restart', {}, 2);

function held(selector: SelectorWord): Line[] {
  const fact = { supervisorId: SUPERVISOR, childId: 'a', sequence: 2, selector };
  return [lost(200, ['a']), [200, 0, { kind: 'child_held', ...fact }]];
}

function brokenBy(...lines: readonly Line[]): string | undefined {
  return judge(new HeldChildrenChecker(), [...begin, ...lines], 30_000)?.message;
}

describe('L5', () => {
  it('takes a child that starts when its node is back', () => {
    const checker = new HeldChildrenChecker();
    const log = [...begin, crash, ...held({ node: nodeId(1) }), back, ...up(6000, 'a', 3)];
    expect(judge(checker, log, 30_000)).toBeUndefined();
    expect(checker.checks).toBe(1);
  });

  it('finds a child that waits although its node is back, or any would do', () => {
    expect(brokenBy(crash, ...held({ node: nodeId(1) }), back)).toMatch(/a was held at 200 ms/);
    expect(brokenBy(crash, ...held('round_robin'))).toMatch(/never started/);
  });

  it('asks nothing while no node is there, and nobody knows what a function wants', () => {
    expect(brokenBy(crash, ...held({ node: nodeId(1) }))).toBeUndefined();
    expect(brokenBy(crash, ...held('function'), back)).toBeUndefined();
  });
});
