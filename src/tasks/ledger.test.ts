import { describe, expect, it } from 'vitest';
import { type Claim, Ledger } from './ledger.js';
import type { LedgerOptions } from './ledger-options.js';
import type { NewTask } from './task.js';

const BUILD: NewTask = { taskType: 'build' };

function ledgerWith(count: number, options: LedgerOptions = {}): Ledger {
  const ledger = new Ledger(options);
  for (let n = 0; n < count; n++) ledger.add(BUILD, {}, 0);
  return ledger;
}

function assign(ledger: Ledger, workerId = 'w', nowMs = 0): Claim {
  const record = ledger.assign({ workerId, taskTypes: ['*'] }, nowMs);
  if (record === undefined) throw new Error('there is no task now');
  return { taskId: record.task.taskId, attempt: record.attempt, workerId };
}

describe('a ledger', () => {
  it('hands out by priority, then by age, to workers of the type', () => {
    const ledger = new Ledger();
    ledger.add({ taskId: 'old', taskType: 'build' }, {}, 0);
    ledger.add({ taskId: 'new', taskType: 'build' }, {}, 0);
    ledger.add({ taskId: 'urgent', taskType: 'build' }, { priority: 1 }, 0);
    ledger.add({ taskId: 'test', taskType: 'test' }, { priority: 2 }, 0);
    const take = (type: string) => {
      return ledger.assign({ workerId: 'w', taskTypes: [type] }, 0)?.task.taskId;
    };
    expect([take('build'), take('build'), take('*'), take('build')]).toEqual([
      'urgent',
      'old',
      'test',
      'new',
    ]);
    expect(take('*')).toBeUndefined();
  });

  it('waits longer after each failure, up to the limit, and then buries the task', () => {
    const ledger = ledgerWith(1, { retriesMax: 3, backoffMs: 100, backoffMaxMs: 300 });
    const waits: number[] = [];
    let nowMs = 0;
    for (let failure = 0; failure < 4; failure++) {
      const claim = assign(ledger, 'w', nowMs);
      ledger.fail(claim, `failure ${failure}`, nowMs);
      const dueMs = ledger.nextDueMs();
      if (dueMs === undefined) break;
      expect(ledger.assign({ workerId: 'w', taskTypes: ['*'] }, dueMs - 1)).toBeUndefined();
      waits.push(dueMs - nowMs);
      nowMs = dueMs;
    }
    expect(waits).toEqual([100, 200, 300]);
    expect(ledger.get('task-1')).toMatchObject({
      state: 'deadLetter',
      attempt: 4,
      failures: 4,
      error: 'failure 3',
    });
  });

  it('takes the result of a lost try as long as nobody else got the task', () => {
    const ledger = ledgerWith(2, { leaseMs: 100 });
    const [first, second] = [assign(ledger, 'a'), assign(ledger, 'a')];
    ledger.advance(100);
    expect(ledger.complete(first, 'late, and good', 150)).toEqual({ kind: 'accepted' });
    assign(ledger, 'b', 150);
    expect(ledger.complete(second, 'too late', 160)).toMatchObject({ kind: 'refused' });
    expect(ledger.tallies).toMatchObject({ completed: 1, leasesLost: 2, resultsRefused: 1 });
  });

  it('buries a task that takes its workers with it', () => {
    const ledger = ledgerWith(1, { lossesMax: 2 });
    for (let loss = 0; loss < 3; loss++) {
      assign(ledger, `w${loss}`);
      ledger.workerLost(`w${loss}`, 'gone', 0);
    }
    expect(ledger.get('task-1')).toMatchObject({
      state: 'deadLetter',
      error: 'lost with its worker 3 times: gone',
    });
  });

  it('refuses more tasks than may wait, and takes them again when some were handed out', () => {
    const ledger = ledgerWith(2, { pendingMax: 2 });
    expect(() => ledger.add(BUILD, {}, 0)).toThrow('2 tasks wait already');
    assign(ledger);
    expect(ledger.add(BUILD, {}, 0)).toBe('task-3');
    expect(ledger.tallies.tasksRefused).toBe(1);
  });

  it.each([
    [{ taskType: '' }, 'Expected taskType to be a string that is not empty'],
    [{ taskType: 'build', taskId: '' }, 'Expected taskId to be a string that is not empty'],
    [null, 'Expected a task to be an object with a taskType, got null'],
  ])('refuses %j and adds nothing', (task, message) => {
    const ledger = ledgerWith(0);
    expect(() => ledger.add(task as NewTask, {}, 0)).toThrow(message);
    expect(() => ledger.add(BUILD, { delayMs: -1 }, 0)).toThrow('Expected delayMs');
    expect([ledger.waiting(), ledger.takeChanges()]).toEqual([0, []]);
  });

  it('refuses an id that it knows, and makes none that somebody gave', () => {
    const ledger = new Ledger();
    ledger.add({ taskId: 'task-1', taskType: 'build' }, {}, 0);
    expect(() => ledger.add({ taskId: 'task-1', taskType: 'build' }, {}, 0)).toThrow(
      'A task "task-1" was added already',
    );
    ledger.add(BUILD, {}, 0);
    expect(ledger.add({ taskType: 'build', taskId: 'task-3' }, {}, 0)).toBe('task-3');
    expect(ledger.add(BUILD, {}, 0)).toBe('task-4');
  });

  it('forgets the oldest of the finished tasks when there are too many', () => {
    const ledger = ledgerWith(3, { finishedMax: 1 });
    for (let nowMs = 0; nowMs < 3; nowMs++) ledger.complete(assign(ledger), 'done', nowMs);
    expect([...ledger.records()].map(({ task }) => task.taskId)).toEqual(['task-3']);
    expect(ledger.takeChanges().filter(({ kind }) => kind === 'forget')).toHaveLength(2);
  });

  it('has nothing more to do for a pause that is over, while nobody asks for the task', () => {
    const ledger = new Ledger();
    ledger.add(BUILD, { delayMs: 50 }, 0);
    expect(ledger.nextDueMs()).toBe(50);
    ledger.advance(50);
    expect(ledger.nextDueMs()).toBeUndefined();
    expect(assign(ledger, 'w', 60)).toMatchObject({ taskId: 'task-1' });
  });

  it('tries again without a pause as often as it is told to', () => {
    const ledger = ledgerWith(0, { backoffMs: 0 });
    ledger.add(BUILD, { retriesMax: 1100 }, 0);
    for (let failure = 0; failure < 1100; failure++) {
      ledger.fail(assign(ledger), 'no luck', 0);
      expect(ledger.get('task-1')?.notBeforeMs).toBe(0);
    }
  });

  it('excuses a lease once that ran out while nobody could be heard', () => {
    const ledger = ledgerWith(3, { leaseMs: 100 });
    const [renewed, silent, long] = [assign(ledger), assign(ledger), assign(ledger, 'v', 80)];
    ledger.excuse(170, 40);
    ledger.advance(170);
    expect(ledger.tallies.leasesLost).toBe(0);
    // What had not run out is as it was.
    expect(ledger.get(long.taskId)?.leaseUntilMs).toBe(180);
    expect(ledger.renew(renewed, 175)).toBe(true);
    ledger.excuse(230, 40);
    expect(ledger.get(silent.taskId)?.state).toBe('pending');
    expect(ledger.get(renewed.taskId)?.leaseUntilMs).toBe(275);
    expect(ledger.get(long.taskId)?.leaseUntilMs).toBe(270);
  });

  it('refuses an id that no store, log or address tells from another one', () => {
    const ledger = new Ledger();
    for (const taskId of ['\ud800', 'a\udc00b', 'a\nb', '..']) {
      expect(() => ledger.add({ ...BUILD, taskId }, {}, 0)).toThrow(
        'Expected taskId to be text without control characters and lone surrogates',
      );
    }
    expect(ledger.add({ ...BUILD, taskId: '\u{1f4a5}' }, {}, 0)).toBe('\u{1f4a5}');
  });

  it('hands out and takes back tens of thousands of tasks in about linear time', () => {
    const small = timeOf(2000);
    const large = timeOf(20_000);
    expect(large).toBeLessThan(small * 40);
  });
});

/** Processor milliseconds for a whole life of so many tasks; the better of two. */
function timeOf(count: number): number {
  const times = [0, 1].map(() => {
    const before = process.cpuUsage();
    const ledger = ledgerWith(count);
    for (let n = 0; n < count; n++) assign(ledger);
    ledger.workerLost('w', 'gone', 1);
    for (let n = 0; n < count; n++) ledger.complete(assign(ledger, 'w', 1), n, 2);
    expect(ledger.count('completed')).toBe(count);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  });
  return Math.min(...times);
}
