// Two workers in a process of their own, which is told to end.
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { forked, killed } from './testing/forked.js';
import type { Signalled } from './testing/signalled-process.js';
import { type TaskWorld, taskWorlds } from './testing/task-world.js';

const startWorld = taskWorlds();
const forks: ChildProcess[] = [];
afterEach(() => Promise.all(forks.splice(0).map(killed)));

/** The process, with a task at each of its workers. */
class BusyProcess {
  readonly ended: Promise<unknown[]>;
  readonly #told: Signalled[] = [];
  #heard = (): void => undefined;

  private constructor(
    readonly world: TaskWorld,
    readonly child: ChildProcess,
  ) {
    this.ended = once(child, 'exit');
    child.on('message', (told: Signalled) => {
      this.#told.push(told);
      this.#heard();
    });
  }

  static async start(...words: string[]): Promise<BusyProcess> {
    const world = await startWorld({ reconnectGraceMs: 0 });
    const [child] = await forked('signalled-process', world.url, ...words);
    forks.push(child);
    const busy = new BusyProcess(world, child);
    for (const type of ['one', 'two']) {
      await world.coordinator.addTask({ taskId: type, taskType: type });
      await busy.tells('began', type);
    }
    return busy;
  }

  /** Resolves once it has told this. */
  async tells(kind: Signalled['kind'], type?: string): Promise<void> {
    const isIt = (told: Signalled): boolean =>
      told.kind === kind && (!('type' in told) || told.type === type);
    while (!this.#told.some(isIt)) {
      await new Promise<void>((resolve) => (this.#heard = resolve));
    }
  }

  async signal(): Promise<void> {
    this.child.kill('SIGTERM');
    await this.tells('signalled');
  }

  states(): (string | undefined)[] {
    return ['one', 'two'].map((taskId) => this.world.coordinator.desk.get(taskId)?.state);
  }
}

describe('SIGTERM', () => {
  it('ends the process when the last worker in it has finished what it had', async () => {
    const busy = await BusyProcess.start();
    await busy.signal();
    busy.child.send('one');
    await busy.tells('ended', 'one');
    busy.child.send('two');
    expect(await busy.ended).toEqual([null, 'SIGTERM']);
    expect(busy.states()).toEqual(['completed', 'completed']);
  });

  it('ends the process at once when it comes again', async () => {
    const busy = await BusyProcess.start();
    await busy.signal();
    busy.child.kill('SIGTERM');
    expect(await busy.ended).toEqual([null, 'SIGTERM']);
    expect(busy.states()).not.toContain('completed');
  });

  it('leaves the end of the process to a program that listens to it too', async () => {
    const busy = await BusyProcess.start('listens');
    await busy.signal();
    for (const type of ['one', 'two']) {
      busy.child.send(type);
      await busy.tells('ended', type);
    }
    busy.child.send('ping');
    await busy.tells('pong');
    expect(busy.states()).toEqual(['completed', 'completed']);
  });
});
