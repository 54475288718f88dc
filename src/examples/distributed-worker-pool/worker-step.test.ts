import { describe, expect, it } from 'vitest';
import { type Assignment, outcomeOf, workMs } from './task.js';
import { newWorker, stepWorker, type WorkerEffect, type WorkerEvent } from './worker-step.js';

function assignment(number: number): Assignment {
  const task = { id: `task-${number}`, payload: 'sing' };
  return { id: `queue#${number}`, queueId: 'queue', task, attempt: 1 };
}

/** What a worker does because of each of these. */
function told(...events: readonly WorkerEvent[]): readonly (readonly WorkerEffect[])[] {
  let state = newWorker('worker_1');
  return events.map((event) => {
    const [next, effects] = stepWorker(state, event);
    state = next;
    return effects;
  });
}

const first = assignment(1);
const assignmentId = first.id;

describe('a worker', () => {
  it('asks, works, reports, and asks for more with what it has done', () => {
    const effects = told(
      { type: 'tick' },
      { type: 'work', assignment: first },
      { type: 'finished', assignmentId },
      { type: 'counted', assignmentId },
    );
    expect(effects).toMatchObject([
      [{ kind: 'pull', done: undefined }],
      [{ kind: 'begin', assignmentId, forMs: workMs(first.task) }],
      [{ kind: 'report', result: { taskId: 'task-1', outcome: outcomeOf(first.task) } }],
      [{ kind: 'pull', done: first }],
    ]);
  });

  it('says again at each tick what may have got lost, and nothing while it works', () => {
    const effects = told(
      { type: 'tick' },
      { type: 'work', assignment: first },
      { type: 'tick' },
      { type: 'finished', assignmentId },
      { type: 'tick' },
      { type: 'counted', assignmentId },
      { type: 'tick' },
    );
    expect(effects.map((some) => some.map(({ kind }) => kind))).toEqual([
      ['pull'],
      ['begin'],
      [],
      ['report'],
      ['report'],
      ['pull'],
      ['pull'],
    ]);
  });

  it('begins nothing twice, and nothing besides what it works on', () => {
    const effects = told(
      { type: 'work', assignment: first },
      { type: 'work', assignment: first },
      { type: 'work', assignment: assignment(2) },
      { type: 'finished', assignmentId },
      { type: 'counted', assignmentId },
      { type: 'work', assignment: first },
    );
    expect(effects.flat().filter(({ kind }) => kind === 'begin')).toHaveLength(1);
  });

  it('takes twice as long at half its speed', () => {
    const effects = told({ type: 'speed', speed: 0.5 }, { type: 'work', assignment: first });
    expect(effects[1]).toMatchObject([{ forMs: 2 * workMs(first.task) }]);
  });
});

it('one task in ten fails', () => {
  const tasks = Array.from({ length: 1000 }, (_, at) => ({ id: `task-${at}`, payload: 'x' }));
  const failed = tasks.filter((task) => outcomeOf(task).kind === 'failure').length;
  expect(failed).toBeGreaterThan(70);
  expect(failed).toBeLessThan(130);
});
