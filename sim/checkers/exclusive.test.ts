import { describe, expect, it } from 'vitest';
import { ExclusiveChecker } from './exclusive.js';
import type { LeaseFact } from './fact.js';
import { type Line, SUPERVISOR, hosted, judge, processOf, world } from './testing/story.js';

const claimed = (atMs: number, node: number, claimant = 1): Line => [
  atMs,
  node,
  { kind: 'leased_child', supervisorId: SUPERVISOR, childId: 'a', claimant },
];
const over = (atMs: number, node: number, claimant = 1): Line => [
  atMs,
  node,
  { kind: 'leased_child_over', supervisorId: SUPERVISOR, childId: 'a', claimant },
];
const opened = (atMs: number, node: number, forMs: number): Line => [
  atMs,
  node,
  { kind: 'lease_opened', supervisorId: SUPERVISOR, forMs } satisfies LeaseFact,
];
const closed = (atMs: number, node: number): Line => [
  atMs,
  node,
  { kind: 'lease_closed', supervisorId: SUPERVISOR },
];
const received = (atMs: number, node: number): Line => [
  atMs,
  node,
  { kind: 'received', processId: processOf('a', 1), from: 'x', number: 1, op: 1 },
];

function brokenBy(lines: readonly Line[]): string | undefined {
  return judge(new ExclusiveChecker(), lines)?.message;
}

describe('S3x', () => {
  it('lets a child act elsewhere once the lease of the first node is over', () => {
    const checker = new ExclusiveChecker();
    const lines = [claimed(0, 1), opened(1, 1, 1000), claimed(1000, 2), opened(1001, 2, 1000)];
    expect(judge(checker, lines)).toBeUndefined();
    expect(checker.checks).toBeGreaterThan(0);
  });

  it('finds two nodes that may run a child at one instant, whichever came last', () => {
    const first = [claimed(0, 1), opened(1, 1, 1000)];
    const message = /a may act on node 1 until 1001 ms and on node 2 until 1990 ms/;
    expect(brokenBy([...first, claimed(900, 2), opened(990, 2, 1000)])).toMatch(message);
    expect(brokenBy([...first, opened(990, 2, 1000), claimed(999, 2)])).toMatch(message);
  });

  it('takes an ended child, a closed lease and a crashed node for what they are', () => {
    const first = [claimed(0, 1), opened(1, 1, 1000)];
    const second = [claimed(500, 2), opened(501, 2, 1000)];
    expect(brokenBy([...first, over(400, 1), ...second])).toBeUndefined();
    expect(brokenBy([...first, closed(400, 1), ...second])).toBeUndefined();
    expect(brokenBy([...first, world(400, 1, 'crash'), ...second])).toBeUndefined();
  });

  it('finds a message that was handled without a lease', () => {
    const first = [claimed(0, 1), opened(1, 1, 1000), hosted(2, 1, 'fenced_started', 'a', 1)];
    expect(brokenBy([...first, received(1000, 1)])).toBeUndefined();
    expect(brokenBy([...first, received(1002, 1)])).toMatch(/its lease was over at 1001 ms/);
  });

  it('has an excuse where no child is exclusive', () => {
    const checker = new ExclusiveChecker();
    judge(checker, [hosted(2, 1, 'fenced_started', 'a', 1), received(3, 1)]);
    expect(checker.excuse).toBe('no child was exclusive');
  });
});
