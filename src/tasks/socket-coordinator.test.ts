import { afterEach, describe, expect, it } from 'vitest';
import type { AssignTask, Receipt } from './protocol.js';
import {
  CoordinatorTaskDistributor,
  type CoordinatorTaskDistributorOptions,
} from './socket-coordinator.js';
import type { ContractWorker } from './testing/contract-worker.js';
import {
  type OpenCoordinator,
  openCoordinator,
  type Opened,
  openWorker,
} from './testing/open-coordinator.js';

const open: Opened = [];
afterEach(async () => {
  for (const each of open.splice(0).reverse()) await each.close();
});

const coordinator = (options?: CoordinatorTaskDistributorOptions) => openCoordinator(open, options);
const worker = (at: OpenCoordinator, auth?: Readonly<Record<string, unknown>>) =>
  openWorker(open, at, auth);

/** Asks until there is a task; gives its id. */
async function untilAssigned(asking: ContractWorker): Promise<string> {
  for (;;) {
    asking.send('requestTask');
    const { event, message } = await asking.nextOf('assignTask', 'noTask');
    if (event === 'assignTask') return (message as AssignTask).task.taskId;
    await asking.next('tasksAvailable');
  }
}

/** A state of a task, as soon as it is there. */
function reaches({ coordinator: { desk } }: OpenCoordinator, taskId: string, state: string) {
  return new Promise<void>((resolve) => {
    const end = desk.subscribe((change) => {
      if (change.taskId !== taskId || change.state !== state) return;
      end();
      resolve();
    });
  });
}

describe('a coordinator', () => {
  it('hands a task that was put back to the next worker that asks', async () => {
    const world = await coordinator();
    await world.coordinator.addTask({ taskId: 'one', taskType: 'build' });
    const first = await worker(world);
    first.send('requestTask');
    expect(await first.next<AssignTask>('assignTask')).toMatchObject({ attempt: 1 });
    const isBack = reaches(world, 'one', 'pending');
    first.close();
    await isBack;
    const second = await worker(world);
    second.send('requestTask');
    const { task, attempt } = await second.next<AssignTask>('assignTask');
    expect([task.taskId, attempt]).toEqual(['one', 2]);
  });

  it('gives one result for one completion, after reconnections too', async () => {
    const world = await coordinator();
    for (const taskId of ['one', 'two']) {
      await world.coordinator.addTask({ taskId, taskType: 'build' });
    }
    const auth = { workerId: 'w' };
    const first = await worker(world, auth);
    first.close();
    const again = await worker(world, auth);
    for (const taskId of ['one', 'two']) {
      again.send('requestTask');
      await again.next('assignTask');
      await again.ask('taskCompleted', { taskId, result: 'done' });
    }
    expect(world.results).toEqual(['one: done', 'two: done']);
    expect(again.waiting('assignTask')).toEqual([]);
  });

  it('takes a result once, and acknowledges it as often as it comes', async () => {
    const world = await coordinator();
    await world.coordinator.addTask({ taskId: 'one', taskType: 'build' });
    const only = await worker(world);
    only.send('requestTask');
    await only.next('assignTask');
    const result = { taskId: 'one', attempt: 1, result: 'done' };
    expect(await only.ask('taskCompleted', result)).toEqual({ accepted: true });
    expect(await only.ask('taskCompleted', { ...result, result: 'other' })).toEqual({
      accepted: true,
    });
    expect(world.results).toEqual(['one: done']);
    expect(world.coordinator.desk.get('one')).toMatchObject({ state: 'completed', result: 'done' });
  });

  it('counts a failed installation as a failed try, whatever is sent after it', async () => {
    const world = await coordinator({ retriesMax: 0 });
    await world.coordinator.addTask({ taskId: 'one', taskType: 'build' });
    const only = await worker(world);
    only.send('requestTask');
    await only.next('assignTask');
    only.send('installationStatus', { taskId: 'one', status: 'failure', error: 'no such package' });
    const receipt = await only.ask<Receipt>('taskCompleted', { taskId: 'one', result: 'done' });
    expect(receipt.accepted).toBe(false);
    expect(world.results).toEqual([]);
    expect(world.failures).toEqual(['one: the installation failed: no such package']);
  });

  it('goes on handing out tasks after its generator has rejected', async () => {
    let asked = 0;
    const world = await coordinator({
      sourcePauseMs: 10,
      taskGenerator: async () => {
        asked += 1;
        if (asked === 1) throw new Error('the network is down');
        return asked === 2 ? [{ taskId: 'made', taskType: 'build' }] : [];
      },
    });
    const only = await worker(world);
    only.send('requestTask');
    await only.next('noTask');
    await world.coordinator.addTask({ taskId: 'added', taskType: 'build' });
    const got = [await untilAssigned(only), await untilAssigned(only)];
    expect(got).toEqual(['added', 'made']);
    expect(world.lines).toContain(
      'error: taskGenerator failed, and is asked again: the network is down',
    );
  });

  it('tells tasks without an id apart', async () => {
    const world = await coordinator();
    const ids = new Set<string>();
    for (let n = 0; n < 3; n++) {
      ids.add((await world.coordinator.addTask({ taskType: 'build' })).taskId);
    }
    expect(ids.size).toBe(3);
    const only = await worker(world);
    for (let n = 0; n < 3; n++) {
      only.send('requestTask');
      const { task } = await only.next<AssignTask>('assignTask');
      expect(await only.ask('taskCompleted', { taskId: task.taskId, result: n })).toEqual({
        accepted: true,
      });
    }
    expect(world.results).toHaveLength(3);
    expect(world.coordinator.desk.counts()).toMatchObject({ completed: 3, pending: 0 });
  });

  it('takes a task from a worker that hangs, and refuses its late result', async () => {
    const world = await coordinator({ leaseMs: 60 });
    await world.coordinator.addTask({ taskId: 'one', taskType: 'build' });
    const hung = await worker(world, { workerId: 'hung', renews: true });
    hung.send('requestTask');
    await hung.next('assignTask');
    expect(await hung.next('taskCancelled')).toEqual({ taskId: 'one', attempt: 1 });
    const other = await worker(world, { workerId: 'other' });
    other.send('requestTask');
    expect(await other.next('assignTask')).toMatchObject({ attempt: 2 });
    const late = await hung.ask<Receipt>('taskCompleted', {
      taskId: 'one',
      attempt: 1,
      result: 'late',
    });
    expect(late.accepted).toBe(false);
    expect(world.lines).toContain(
      'warn: a result was refused: try 1 of one by hung came too late: ' +
        'the task is assigned at try 2 with other',
    );
    await other.ask('taskCompleted', { taskId: 'one', attempt: 2, result: 'right' });
    expect(world.results).toEqual(['one: right']);
  });

  it('lets nobody in without its token, and listens nowhere else without one', async () => {
    const world = await coordinator({ token: 'secret' });
    await expect(worker(world)).rejects.toThrow('Expected the token of this coordinator');
    await expect(worker(world, { token: 'wrong' })).rejects.toThrow('Expected the token');
    await worker(world, { token: 'secret' });
    expect(world.coordinator.desk.workers()).toHaveLength(1);
    expect(() => new CoordinatorTaskDistributor({ host: '0.0.0.0' })).toThrow(
      'Expected a token to listen at 0.0.0.0',
    );
  });

  it('changes nothing for a message that it cannot read', async () => {
    const world = await coordinator();
    await world.coordinator.addTask({ taskId: 'one', taskType: 'build' });
    const odd = await worker(world);
    for (const message of [7, [], { taskId: 7 }, { taskId: 'one', attempt: 'x' }]) {
      expect(await odd.ask('taskCompleted', message)).toMatchObject({ accepted: false });
    }
    expect(await odd.ask('taskCompleted', { taskId: 'none', result: 1 })).toMatchObject({
      reason: expect.stringContaining('no such task') as string,
    });
    odd.send('registerCapabilities', { taskTypes: 'build' });
    expect(world.coordinator.desk.counts()).toMatchObject({ pending: 1, completed: 0 });
  });
});
