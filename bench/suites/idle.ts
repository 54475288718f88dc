import { setTimeout as pause } from 'node:timers/promises';
import { Supervisor } from '../../src/otp/supervisor/supervisor.js';
import { processorMs } from '../duel.js';
import type { Suite } from '../figure.js';
import { childSpecs } from './restart.js';

/** What children cost that do nothing: memory each, and the time of the processor. */
export const idleSuite: Suite = async () => {
  const specs = childSpecs(COUNT);
  // Once before, so that compiled code and the like are not counted.
  await Supervisor.stop(await Supervisor.start({ children: specs.slice(0, 100) }));
  const emptyBytes = await heapBytes();
  const startedMs = performance.now();
  const supervisor = await Supervisor.start({ children: specs });
  const startMs = performance.now() - startedMs;
  const fullBytes = await heapBytes();
  const busyMs = await idleMs(IDLE_MS);
  await Supervisor.stop(supervisor);
  return [
    {
      path: `heap for each of ${COUNT} idle children`,
      unit: 'B',
      value: (fullBytes - emptyBytes) / COUNT,
      goals: [{ of: 'value', below: 2048 }],
      note: 'without what the caller holds: its spec and start function',
    },
    {
      path: `processor time of ${COUNT} idle children in ${IDLE_MS / 1000} s`,
      unit: 'ms',
      value: busyMs,
      goals: [{ of: 'value', below: IDLE_MS / 100 }],
    },
    { path: `start of ${COUNT} children, one after another`, unit: 'ms', value: startMs },
  ];
};

async function heapBytes(): Promise<number> {
  for (let round = 0; round < 4; round++) {
    globalThis.gc!();
    await pause(1);
  }
  return process.memoryUsage().heapUsed;
}

async function idleMs(spanMs: number): Promise<number> {
  const beforeMs = processorMs();
  await pause(spanMs);
  return processorMs() - beforeMs;
}

const COUNT = 10_000;
const IDLE_MS = 2000;
