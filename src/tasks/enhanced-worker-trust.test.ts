// Whose code a worker runs, and who may speak to a coordinator.
import { describe, expect, it } from 'vitest';
import { CodeExecutionRefusedError } from './enhanced-worker-trust.js';
import { EnhancedWorkerClient } from './enhanced-worker.js';
import { quietLogger } from './testing/quiet-logger.js';
import { taskWorlds } from './testing/task-world.js';

const world = taskWorlds();

describe('a worker that could run code of others', () => {
  it.each([
    [{}, 'the { token } that both share and { allowCodeExecution: true }'],
    [{ token: 'x' }, 'give { allowCodeExecution: true }'],
    [{ allowCodeExecution: true }, 'give the { token } that both share'],
  ])('does not start with %j for a coordinator elsewhere', async (options, missing) => {
    const { logger } = quietLogger();
    const masterUrl = 'http://192.0.2.1:4000';
    const made = new EnhancedWorkerClient({ masterUrl, taskTypes: ['a'], logger, ...options });
    const starting = made.start();
    await expect(starting).rejects.toThrow(CodeExecutionRefusedError);
    await expect(starting).rejects.toThrow(missing);
  });

  it('is not let in with a wrong token', async () => {
    const here = await world({ token: 's3cret' });
    await expect(here.worker({ token: 'guess' })).rejects.toThrow('the token of this coordinator');
    await expect(here.worker()).rejects.toThrow('refused this worker');
    expect(here.coordinator.desk.workers()).toEqual([]);
    await here.worker({ token: 's3cret' });
    expect(here.coordinator.desk.workers()).toHaveLength(1);
  });

  it('runs it for a coordinator elsewhere with the token and its own consent', async () => {
    const token = 's3cret';
    const here = await world({ host: '0.0.0.0', token });
    await here.project('shop', { 'index.js': 'export default (args) => args.length;' });
    const { taskId } = await here.add('shop', { args: ['a', 'b'] });
    // The address of all interfaces reaches this machine, and is no loopback address.
    const masterUrl = `http://0.0.0.0:${here.coordinator.port}`;
    const refused = [
      [{ allowCodeExecution: true }, 'give the { token } that both share;'],
      [{ token }, 'give { allowCodeExecution: true };'],
    ] as const;
    for (const [options, missing] of refused) {
      const starting = here.worker({ masterUrl, ...options });
      await expect(starting).rejects.toThrow(CodeExecutionRefusedError);
      await expect(starting).rejects.toThrow(missing);
    }
    expect(here.coordinator.desk.get(taskId)).toMatchObject({ state: 'pending', attempt: 0 });
    await here.worker({ masterUrl, token, allowCodeExecution: true });
    expect(await here.reaches(taskId, 'completed')).toMatchObject({ result: { output: 2 } });
  });

  it('needs no consent for code of its own, but the token', async () => {
    const here = await world({ host: '0.0.0.0', token: 's3cret' });
    const masterUrl = `http://0.0.0.0:${here.coordinator.port}`;
    const execute = (): string => 'own';
    await expect(here.worker({ masterUrl, execute })).rejects.toThrow('refused this worker');
    await here.worker({ masterUrl, execute, token: 's3cret' });
    const { taskId } = await here.coordinator.addTask({ taskType: 'build' });
    expect(await here.reaches(taskId, 'completed')).toMatchObject({ result: 'own' });
  });
});
