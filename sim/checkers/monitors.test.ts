import { describe, expect, it } from 'vitest';
import type { Fact } from './fact.js';
import { MonitorsChecker } from './monitors.js';
import { judge, type Line, lost, spawned, up } from './testing/story.js';

const THERE = 'node2@h:1';
const monitored = (monitorId: string, target = 'there', nodeId = THERE): Fact => {
  return { kind: 'monitored', monitorId, watcher: 'watcher', target: { id: target, nodeId } };
};
const down = (monitorId: string, reason = 'error'): Fact => ({ kind: 'down', monitorId, reason });
const begin: Line[] = [
  [0, 0, { kind: 'spawned', id: 'watcher' }],
  [0, 1, { kind: 'spawned', id: 'there' }],
  [0, 0, { kind: 'membership', nodeId: THERE, to: 'up' }],
  [1, 0, monitored('m1')],
];
const end: Line = [5, 1, { kind: 'exited', id: 'there', reason: 'error' }];
const nodeDown: Line[] = [
  [9, 0, { kind: 'membership', nodeId: THERE, to: 'down' }],
  [9, 0, { kind: 'node_down', nodeId: THERE, incarnation: '1' }],
];

function brokenBy(lines: readonly Line[], tellsLosses = false): string | undefined {
  return judge(new MonitorsChecker({ tellsLosses }), lines)?.message;
}

describe('S7', () => {
  it('takes one DOWN after the end', () => {
    const checker = new MonitorsChecker({ tellsLosses: false });
    expect(judge(checker, [...begin, end, [7, 0, down('m1')]])).toBeUndefined();
    expect(checker.checks).toBe(1);
  });

  it('finds a second DOWN, but takes the echo of a monitor that was told again', () => {
    const once: Line[] = [...begin, end, [7, 0, down('m1')]];
    expect(brokenBy([...once, [8, 0, down('m1')]])).toMatch(/m1 was told DOWN .* a second time/);
    const back: Line = [4, 0, { kind: 'node_reconciled', nodeId: THERE, incarnation: '1' }];
    const echoed: Line[] = [...begin, back, end, [7, 0, down('m1')], [8, 0, down('m1', 'noproc')]];
    expect(brokenBy(echoed)).toBeUndefined();
    expect(brokenBy([...echoed, [9, 0, down('m1', 'noproc')]])).toMatch(/a second time/);
  });

  it('finds a DOWN of a process that lives, and one that nobody asked for', () => {
    expect(brokenBy([...begin, [4, 0, down('m1')]])).toMatch(/of there, which lives/);
    expect(brokenBy([...begin, [4, 0, down('m9')]])).toMatch(/m9 .* was never set/);
    expect(brokenBy([...begin, [4, 0, down('m1', 'noconnection')]])).toMatch(/while .* was up/);
  });

  it('finds a monitor that was not told', () => {
    expect(brokenBy([...begin, end])).toMatch(/m1 was not told that there ended at 5 ms/);
    expect(brokenBy([...begin, end, ...nodeDown])).toBeUndefined();
  });

  it('finds a local DOWN after the monitor was given up', () => {
    const own: Line[] = [
      [0, 0, { kind: 'spawned', id: 'here' }],
      [1, 0, { kind: 'monitored', monitorId: 'm2', watcher: 'watcher', target: { id: 'here' } }],
      [2, 0, { kind: 'demonitored', monitorId: 'm2' }],
      [3, 0, { kind: 'exited', id: 'here', reason: 'normal' }],
    ];
    expect(brokenBy(own)).toBeUndefined();
    expect(brokenBy([...own, [3, 0, down('m2', 'normal')]])).toMatch(/after it was given up/);
  });

  it('takes the loss of a node for the DOWN of all that ran there', () => {
    expect(brokenBy([...begin, ...nodeDown])).toBeUndefined();
    expect(brokenBy([...begin, ...nodeDown, end, [12, 0, down('m1')]])).toMatch(
      /after the node of there was lost/,
    );
  });

  it('asks for each DOWN of a lost node where these are told', () => {
    const told: Line[] = [...begin, ...nodeDown, [9, 0, down('m1', 'noconnection')]];
    const later: Line = [50, 0, { kind: 'spawned', id: 'other' }];
    expect(brokenBy([...told, later], true)).toBeUndefined();
    expect(brokenBy([...begin, ...nodeDown, later], true)).toMatch(
      /m1 was not told that the node of there was lost/,
    );
  });

  it('finds words of a process after its end, here or there', () => {
    const word: Fact = { kind: 'received', processId: 'there', from: 'x', number: 1, op: 3 };
    expect(brokenBy([...begin, end, [6, 1, word]])).toMatch(/took message 3 after it had ended/);
    const call: Line = [2, 0, { kind: 'call', callId: 1, to: { id: 'there', nodeId: THERE } }];
    const reply: Line = [8, 0, { kind: 'call_ended', callId: 1, outcome: 'reply' }];
    expect(brokenBy([...begin, call, end, [7, 0, down('m1')], reply])).toMatch(
      /call 1 was answered by there after the DOWN of it/,
    );
  });

  it('has to be tested once a child was lost that ran for the supervisor of the node', () => {
    const checker = new MonitorsChecker({ tellsLosses: false });
    judge(checker, [...spawned(2), lost(5, ['a'])]);
    expect(checker.excuse).toBe('no child was lost');
    judge(checker, [...up(6, 'a', 1), lost(7, ['a'])]);
    expect(checker.excuse).toBeUndefined();
  });
});
