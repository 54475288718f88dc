import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import winston from 'winston';
import { CoordinatorTaskDistributor } from '../../src/tasks/socket-coordinator.js';
import type { StoreOption } from '../../src/tasks/socket-options.js';
import { SocketWorkerLink } from '../../src/tasks/socket-worker-link.js';
import { socketAcks, type SocketAcks } from '../bare/socket-acks.js';
import { duel, processorMs } from '../duel.js';
import type { Figure, Suite } from '../figure.js';

/** Tasks handed out, done and acknowledged, many at a time over one connection. */
export const tasksSuite: Suite = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'faultline-bench-'));
  const bare = await socketAcks();
  const figures = [
    ...(await measured('in memory', { store: 'memory', underWay: 64, clock: 'processor' }, bare)),
    // The disk is asked once for many: the more are under way, the less each waits.
    ...(await measured(
      'stored in a folder',
      { store: { path: folder }, underWay: 512, clock: 'wall' },
      bare,
    )),
  ];
  await bare.close();
  await rm(folder, { recursive: true });
  return figures;
};

async function measured(how: string, setting: LineSetting, bare: SocketAcks): Promise<Figure[]> {
  const { underWay, clock } = setting;
  const line = await taskLine(setting);
  const [oursMs, bareMs]: [number[], number[]] = [[], []];
  const speed = await duel({
    path: `tasks ${how}, ${underWay} under way`,
    ours: { units: TASKS, run: async () => ({ overriddenDuration: await line.run(oursMs) }) },
    bare: {
      path: 'bare Socket.IO acknowledgements',
      units: TASKS,
      run: async () => {
        bareMs.push(...(await bare.run(ASSIGNMENT, TASKS, underWay)));
      },
    },
    goals: [{ of: 'ratio', atLeast: 0.5 }],
    clock,
    rounds: 9,
    timeMs: 1,
  });
  await line.close();
  return [speed, latency(how, oursMs, bareMs)];
}

function latency(how: string, oursMs: number[], bareMs: number[]): Figure {
  const [ours, bare] = [p99(oursMs), p99(bareMs)];
  return {
    path: `p99 until the next task, ${how}`,
    value: ours,
    unit: 'ms',
    bare: { path: 'p99 of a bare acknowledgement', value: bare },
  };
}

interface TaskLine {
  /** How long a number of waiting tasks took; notes the wait for each next one. */
  run(waitedMs: number[]): Promise<number>;
  close(): Promise<void>;
}

interface LineSetting {
  readonly store: StoreOption;
  readonly underWay: number;
  /** Whoever asks the disk waits; all else is work. */
  readonly clock: 'processor' | 'wall';
}

async function taskLine({ store, underWay, clock }: LineSetting): Promise<TaskLine> {
  const logger = winston.createLogger({ silent: true });
  const coordinator = new CoordinatorTaskDistributor({
    port: 0,
    httpPort: false,
    enableBonjour: false,
    store,
    logger,
    finishedMax: 10 * TASKS,
  });
  await coordinator.start();
  const log = { debug() {}, info() {}, warn() {}, error() {} };
  const nowMs = clock === 'wall' ? () => performance.now() : processorMs;
  let done = 0;
  let finished = (): void => undefined;
  let waitedMs: number[] = [];
  const link = new SocketWorkerLink(
    { masterUrl: `http://127.0.0.1:${coordinator.port}`, log },
    {
      onTask({ task: { taskId }, attempt }) {
        const askedMs = performance.now();
        const message = { taskId, attempt, result: RESULT, wantsNext: true };
        void link.report({ event: 'taskCompleted', message }).then(({ next }) => {
          if (next !== undefined) waitedMs.push(performance.now() - askedMs);
          done += 1;
          if (done === TASKS) finished();
        });
      },
      onNoTask: () => undefined,
      onTasksAvailable: () => undefined,
      onLost: () => undefined,
    },
  );
  await link.open();
  link.register(['build']);
  return {
    async run(into) {
      const adding = Array.from({ length: TASKS }, () => coordinator.addTask(TASK));
      await Promise.all(adding);
      waitedMs = into;
      done = 0;
      const over = new Promise<void>((resolve) => (finished = resolve));
      const begunMs = nowMs();
      for (let n = 0; n < underWay; n++) link.request();
      await over;
      return nowMs() - begunMs;
    },
    async close() {
      await link.close();
      await coordinator.stop();
    },
  };
}

function p99(values: number[]): number {
  const sorted = values.sort((left, right) => left - right);
  return sorted[Math.floor(sorted.length * 0.99)] ?? 0;
}

const TASKS = 2000;
const TASK = { taskType: 'build', word: 'apple', options: { level: 3, strict: true } };
const ASSIGNMENT = {
  task: { ...TASK, taskId: 'task-0123456789ab-1234' },
  attempt: 1,
  leaseMs: 30_000,
};
const RESULT = { word: 'apple', syllables: ['ap', 'ple'] };
