import { describe, expect, it } from 'vitest';
import { CallsChecker } from './calls.js';
import type { CallFact } from './fact.js';
import { judge, type Line } from './testing/story.js';

const called = (callId: number): CallFact => ({ kind: 'call', callId, to: { id: 'x' } });
const over = (callId: number): CallFact => ({ kind: 'call_ended', callId, outcome: 'reply' });
const received = (number: number, processId = 'x'): CallFact => {
  return { kind: 'received', processId, from: 'node1/1', number, op: number };
};

function brokenBy(facts: readonly CallFact[]): string | undefined {
  const lines = facts.map((fact, at): Line => [at, 1, fact]);
  return judge(new CallsChecker(), lines)?.message;
}

describe('S6', () => {
  it('takes calls that end once, and messages with gaps', () => {
    const checker = new CallsChecker();
    const facts = [called(1), called(2), over(2), over(1), received(1), received(4)];
    const lines = facts.map((fact, at): Line => [at, 1, fact]);
    expect(judge(checker, lines)).toBeUndefined();
    expect(checker.checks).toBe(3);
  });

  it('finds a call that ends twice', () => {
    expect(brokenBy([called(1), over(1), over(1)])).toMatch(/call 1 of node 2 ended by reply/);
  });

  it('excuses what a crashed node still waited for', () => {
    const crash: Line = [5, 1, { kind: 'world_crash' }];
    const next: Line[] = [
      [6, 1, called(1), 2],
      [7, 1, over(1), 2],
    ];
    expect(judge(new CallsChecker(), [[0, 1, called(1)], crash, ...next])).toBeUndefined();
  });

  it('finds an answer to another call, and one too many', () => {
    const ask: CallFact = { kind: 'asked', child: 'a', op: 7 };
    const answer = (echoed: number): CallFact => ({ kind: 'answered', child: 'a', op: 7, echoed });
    expect(brokenBy([ask, answer(7)])).toBeUndefined();
    expect(brokenBy([ask, answer(8)])).toMatch(/call 7 to a was answered with the reply to 8/);
    expect(brokenBy([ask, answer(7), answer(7)])).toMatch(/ended once more/);
    const fail: CallFact = { kind: 'unanswered', child: 'a', op: 7, code: 'x' };
    expect(brokenBy([ask, answer(7), fail])).toMatch(/ended once more/);
  });

  it('finds messages out of order or twice, but each process counts for itself', () => {
    expect(brokenBy([received(1), received(3), received(2)])).toMatch(/message 2 .* message 3/);
    expect(brokenBy([received(1), received(1)])).toMatch(/message 1 .* after message 1/);
    expect(brokenBy([received(2), received(1, 'y')])).toBeUndefined();
  });
});
