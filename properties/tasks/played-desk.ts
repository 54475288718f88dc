import type { LedgerDesk } from '../../src/tasks/ledger-desk.js';

/** Plays coordinator and workers on a desk until it has `count` tasks, in all states there are. */
export async function playDesk(desk: LedgerDesk, count: number): Promise<void> {
  for (const workerId of WORKERS) {
    desk.roster.join(workerId, desk.nowMs()).taskTypes = new Set(['build', 'test']);
  }
  await Promise.all(
    Array.from({ length: count }, (_, at) =>
      desk.add({ taskId: `task-${at + 1}`, taskType: at % 3 === 0 ? 'test' : 'build' }),
    ),
  );
  for (let at = 0; at < count * DONE_SHARE; at++) await playOne(desk, at);
  await desk.cancel(`task-${count}`);
}

async function playOne(desk: LedgerDesk, at: number): Promise<void> {
  const workerId = WORKERS[at % WORKERS.length] ?? '';
  const given = await desk.assign({ workerId, taskTypes: ['build', 'test'] });
  if (given === undefined) return;
  const claim = { taskId: given.task.taskId, attempt: given.attempt, workerId };
  const kind = at % 20;
  if (kind === 1) return;
  await desk.progress(claim, 'installing');
  if (kind === 2) return;
  await desk.progress(claim, 'installed');
  if (kind === 3) return;
  await desk.progress(claim, 'running');
  if (kind === 4) return;
  if (kind === 5) {
    const error = 'Error: the tests of <b>shop</b> are red\n    at check (shop.ts:12:3)';
    await desk.settle({ kind: 'fail', claim, error });
    return;
  }
  const result = { output: { passed: at }, logs: 'ok\n' };
  await desk.settle({ kind: 'complete', claim, result });
}

const WORKERS = ['builder-1', 'builder-2', 'worker-5f0c9a31d2e84b77'];
const DONE_SHARE = 0.7;
