import { beforeEach, describe, expect, it } from 'vitest';
import { type Handout, QueueLedger } from './queue-ledger.js';
import type { Assignment, WorkerStatus } from './task.js';

let ledger: QueueLedger;
beforeEach(() => {
  ledger = new QueueLedger('queue');
});

function worker(id: string): WorkerStatus {
  return { id, ref: { id: `process of ${id}` }, speed: 1, processed: 0 };
}

/** Who gets what. */
function given(handouts: readonly Handout[]): string[] {
  return handouts.map(({ to, assignment }) => {
    return `${to.id} ${assignment.task.id}, attempt ${assignment.attempt}`;
  });
}

const [one, two] = [worker('one'), worker('two')];

describe('the tasks of a queue', () => {
  it('go to those who ask, in order, one at a time', () => {
    expect(given(ledger.pull(one))).toEqual([]);
    expect(given(ledger.submit(['a', 'b', 'c'])[1])).toEqual(['one task-1, attempt 1']);
    expect(given(ledger.pull(two))).toEqual(['two task-2, attempt 1']);
    expect(ledger.counts).toMatchObject({ submitted: 3, pending: 1, running: 2, done: 0 });
  });

  it('are the same for a worker that asks again, until it says that it is done', () => {
    ledger.submit(['a', 'b']);
    const [first] = ledger.pull(one) as [Handout];
    expect(ledger.pull(one)).toEqual([first]);
    const [second] = ledger.pull(one, first.assignment) as [Handout];
    expect(second.assignment.task.id).toBe('task-2');
    expect(ledger.pull(one, first.assignment)).toEqual([second]);
  });

  it('go to another worker, before all others, when theirs is lost', () => {
    ledger.submit(['a', 'b']);
    ledger.pull(one);
    expect(given(ledger.lose(one.ref.id))).toEqual([]);
    expect(given(ledger.pull(two))).toEqual(['two task-1, attempt 2']);
    expect(ledger.counts.reassigned).toBe(1);
  });

  it('are not begun again once a worker that was thought lost has done them', () => {
    ledger.submit(['a']);
    const [{ assignment }] = ledger.pull(one) as [Handout];
    ledger.lose(one.ref.id);
    expect(given(ledger.pull(one, assignment))).toEqual([]);
    expect(given(ledger.pull(two))).toEqual([]);
    expect(ledger.counts).toMatchObject({ pending: 0, running: 0, done: 1 });
  });

  it('are done once, when two workers did one and the second is lost', () => {
    ledger.submit(['a']);
    const [{ assignment }] = ledger.pull(one) as [Handout];
    ledger.lose(one.ref.id);
    ledger.pull(two);
    ledger.pull(one, assignment);
    expect(given(ledger.lose(two.ref.id))).toEqual([]);
    expect(ledger.counts).toMatchObject({ pending: 0, running: 0, done: 1 });
  });

  it('are not touched by what was done for an earlier queue', () => {
    ledger.submit(['a']);
    const done: Assignment = {
      id: 'earlier#1',
      queueId: 'earlier',
      task: { id: 'task-1', payload: 'x' },
      attempt: 1,
    };
    expect(given(ledger.pull(one, done))).toEqual(['one task-1, attempt 1']);
  });
});
