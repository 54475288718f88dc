import { Worker } from 'node:worker_threads';
import type { Timers } from '../platform/platform.js';

export interface WatchdogOptions {
  /** How long a task may run. */
  readonly timeoutMs: number;
  /** Whether what it says is JSON, on standard output. */
  readonly json: boolean;
}

/**
 * Ends this process, by SIGKILL, when its thread is held up in one go for longer than a task may
 * run: it reads no signals then and renews no lease, and nothing else can interrupt it. A thread
 * beside it watches, and says why before. A process that was stopped and goes on is spared.
 */
export function startWatchdog({ timeoutMs, json }: WatchdogOptions, timers: Timers): void {
  const beats = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
  const message =
    `a task has held up this worker for longer than its ${timeoutMs} ms: it ends, and the task ` +
    'goes to another one; what may block belongs in a thread, or in a project that is shipped';
  const workerData = { beats, timeoutMs, graceMs: GRACE_MS, json, message };
  const watching = new Worker(PROGRAM, { eval: true, workerData, execArgv: [] });
  watching.unref();
  const beat = (): void => {
    Atomics.add(beats, 0, 1);
    Atomics.notify(beats, 0);
    timers.after(BEAT_MS, beat);
  };
  beat();
}

// A text, as a thread cannot load TypeScript.
const PROGRAM = `
const { writeSync } = require('node:fs');
const { workerData } = require('node:worker_threads');
const { beats, timeoutMs, graceMs, json, message } = workerData;
const isStill = (forMs) => Atomics.wait(beats, 0, Atomics.load(beats, 0), forMs) === 'timed-out';
// Twice: after the whole process stood still, there is a beat in the second time.
while (!(isStill(timeoutMs) && isStill(graceMs)));
const failed = { at: new Date().toISOString(), event: 'failed', code: 'ERR_TASK_BLOCKED', message };
try {
  writeSync(json ? 1 : 2, json ? JSON.stringify(failed) + '\\n' : 'faultline task-worker: ' +
    message + '\\n');
} finally {
  process.kill(process.pid, 'SIGKILL');
}
`;

const BEAT_MS = 250;
/** More than a beat and what a busy machine adds to it. */
const GRACE_MS = 2000;
