import { beforeEach, describe, expect, it } from 'vitest';
import { NodeId } from '../../index.js';
import type { Attempt, AttemptKey, ScheduledTask } from './scheduled-task.js';
import type { ExecutorIdentity, NewTask } from './scheduler-message.js';
import type { BookEffect } from './book-effect.js';
import { TaskBook } from './task-book.js';
import type { Time } from './task-entry.js';

let book: TaskBook;
beforeEach(() => {
  book = new TaskBook({ tasks: [], attempts: [], counts: {} }, at(0));
});

function at(nowMs: number): Time {
  return { nowMs, wallMs: 1_000_000 + nowMs };
}

function executor(id: string, node = 1): ExecutorIdentity {
  const nodeId = NodeId.parse(`node${node}@127.0.0.1:437${node}`);
  return { id, ref: { id: `process of ${id}`, nodeId }, nodeId };
}

const [one, two] = [executor('one', 1), executor('two', 2)];
const once: NewTask = { name: 'tea', payload: null };

/** Who is to execute what. */
function given(effects: readonly BookEffect[]): string[] {
  return effects.flatMap((effect) =>
    effect.kind === 'execute' ? [`${effect.to.id} ${text(effect.key)}`] : [],
  );
}

function completed(effects: readonly BookEffect[]): string[] {
  return effects.flatMap((effect) => (effect.kind === 'completed' ? [text(effect.key)] : []));
}

function text({ taskId, run, attempt }: AttemptKey): string {
  return `${taskId} ${run}/${attempt}`;
}

function key(taskId: string, attempt = 1, run = 1): AttemptKey {
  return { taskId, run, attempt };
}

/** Everything that was kept, as the store has it. */
class Keeper {
  readonly tasks = new Map<string, ScheduledTask>();
  readonly attempts = new Map<string, Attempt>();

  keep(effects: readonly BookEffect[]): void {
    for (const effect of effects) {
      if (effect.kind === 'keepTask') this.tasks.set(effect.task.id, effect.task);
      if (effect.kind === 'keepAttempt') this.attempts.set(text(effect.attempt), effect.attempt);
    }
  }

  restored(time: Time): TaskBook {
    const [tasks, attempts] = [[...this.tasks.values()], [...this.attempts.values()]];
    return new TaskBook({ tasks, attempts, counts: {} }, time);
  }
}

/** What became of the attempts at a task. */
function outcomes(of: TaskBook, taskId: string): string[] {
  return of.history(taskId)?.attempts.map(({ attempt, outcome }) => `${attempt} ${outcome}`) ?? [];
}

describe('tasks', () => {
  it('go to the node with the least work', () => {
    for (const who of [one, executor('one b', 1), two]) book.ready(who, undefined, at(0));
    const [, effects] = book.schedule([once, once, once, once], at(0));
    expect(given(effects)).toEqual(['one task-1 1/1', 'two task-2 1/1', 'one b task-3 1/1']);
    const reported = book.report(two, { key: key('task-2') }, at(10));
    expect(given(reported)).toEqual(['two task-4 1/1']);
    expect(completed(reported)).toEqual(['task-2 1/1']);
  });

  it('are kept before anybody is told of them', () => {
    book.ready(one, undefined, at(0));
    const [, effects] = book.schedule([once], at(0));
    const kinds = effects.map(({ kind }) => kind);
    expect(kinds).toEqual(['keepTask', 'keepTask', 'keepAttempt', 'execute']);
    const reported = book.report(one, { key: key('task-1') }, at(10)).map(({ kind }) => kind);
    expect(reported.at(-1)).toBe('acknowledge');
    expect(reported).toContain('keepAttempt');
  });

  it('are tried again two seconds after a failure', () => {
    book.ready(one, undefined, at(0));
    book.schedule([once], at(0));
    const failed = book.report(one, { key: key('task-1'), error: 'no water' }, at(100));
    expect(given(failed)).toEqual([]);
    expect(book.wakeAfter(100)).toBe(2100);
    expect(given(book.tick(at(2100)))).toEqual(['one task-1 1/2']);
    expect(outcomes(book, 'task-1')).toEqual(['1 failed', '2 running']);
  });

  it('that repeat run again so long after the end of a run', () => {
    book.ready(one, undefined, at(0));
    book.schedule([{ ...once, interval: 700 }], at(0));
    book.report(one, { key: key('task-1') }, at(100));
    expect(book.wakeAfter(100)).toBe(800);
    expect(given(book.tick(at(800)))).toEqual(['one task-1 2/1']);
    expect(book.stats).toMatchObject({ totalCompleted: 1, runningTasks: 1 });
  });
});

describe('the attempts of an executor', () => {
  it('are lost with it, and others are made', () => {
    book.ready(one, undefined, at(0));
    book.schedule([once], at(0));
    book.ready(two, undefined, at(1));
    expect(given(book.gone(one.ref.id, at(50)))).toEqual(['two task-1 1/2']);
    expect(outcomes(book, 'task-1')).toEqual(['1 lost', '2 running']);
    expect(book.stats.byNode[one.nodeId]).toEqual({ completed: 0, failed: 0, lost: 1 });
  });

  it('count when it comes back with one that was lost, and the later one does not', () => {
    book.ready(one, undefined, at(0));
    book.schedule([once], at(0));
    book.ready(two, undefined, at(1));
    book.gone(one.ref.id, at(50));
    expect(completed(book.report(one, { key: key('task-1') }, at(60)))).toEqual(['task-1 1/1']);
    expect(completed(book.report(two, { key: key('task-1', 2) }, at(70)))).toEqual([]);
    expect(outcomes(book, 'task-1')).toEqual(['1 completed', '2 completed']);
    expect(book.stats.totalCompleted).toBe(1);
  });

  it('are acknowledged as often as they are reported, and counted once', () => {
    book.ready(one, undefined, at(0));
    book.schedule([once], at(0));
    book.report(one, { key: key('task-1') }, at(60));
    const again = book.report(one, { key: key('task-1') }, at(70));
    expect(again.map(({ kind }) => kind)).toEqual(['acknowledge']);
  });

  it('are sent again to one that does not seem to know', () => {
    book.ready(one, undefined, at(0));
    book.schedule([once], at(0));
    expect(given(book.ready(one, undefined, at(500)))).toEqual(['one task-1 1/1']);
  });

  it('wait when it is busy with something else that it was given before', () => {
    book.ready(one, undefined, at(0));
    book.schedule([once], at(0));
    expect(given(book.ready(one, key('task-7'), at(10)))).toEqual([]);
    expect(given(book.ready(one, undefined, at(20)))).toEqual(['one task-1 1/1']);
  });
});

describe('a book that is opened again', () => {
  it('goes on with the attempt of an executor that lives', () => {
    const keeper = new Keeper();
    keeper.keep(book.ready(one, undefined, at(0)));
    keeper.keep(book.schedule([once, once], at(0))[1]);
    const again = keeper.restored(at(10_000));
    expect(given(again.ready(one, key('task-1'), at(10_100)))).toEqual([]);
    expect(again.tick(at(13_000))).toEqual([]);
    const reported = again.report(one, { key: key('task-1') }, at(13_100));
    expect(completed(reported)).toEqual(['task-1 1/1']);
    expect(given(reported)).toEqual(['one task-2 1/1']);
  });

  it('gives up an attempt that nobody speaks of for two seconds', () => {
    const keeper = new Keeper();
    keeper.keep(book.ready(one, undefined, at(0)));
    keeper.keep(book.schedule([once], at(0))[1]);
    const again = keeper.restored(at(10_000));
    again.ready(two, undefined, at(10_100));
    expect(again.wakeAfter(10_100)).toBe(12_000);
    expect(given(again.tick(at(12_000)))).toEqual(['two task-1 1/2']);
    expect(outcomes(again, 'task-1')).toEqual(['1 lost', '2 running']);
  });

  it('lets nothing wait longer than it was meant to, whatever the calendar did', () => {
    const keeper = new Keeper();
    keeper.keep(book.ready(one, undefined, at(0)));
    keeper.keep(book.schedule([{ ...once, interval: 700 }], at(0))[1]);
    keeper.keep(book.report(one, { key: key('task-1') }, at(100)));
    const again = keeper.restored({ nowMs: 0, wallMs: 5 });
    expect(again.wakeAfter(0)).toBe(700);
  });
});
