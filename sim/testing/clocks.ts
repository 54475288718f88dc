import { createHash, randomBytes, randomInt, randomUUID } from 'node:crypto';
import net from 'node:net';
import { performance as imported } from 'node:perf_hooks';
import { setTimeout as importedTimeout } from 'node:timers';
import { scheduler, setImmediate as immediately, setTimeout as pause } from 'node:timers/promises';
import type { NodeContext, NodeProgram } from '../program.js';

/**
 * A program for tests of the simulator: reads every clock and draws from every source that a
 * user's program could find, at start and after a virtual second, and tells what it saw.
 */
export function createNode(context: NodeContext): NodeProgram {
  return {
    start: async () => {
      context.observe({ kind: 'saw', ...look() });
      const order: string[] = [];
      importedTimeout(() => order.push('timeout'), 1);
      setImmediate(() => order.push('immediate'));
      process.nextTick(() => order.push('tick'));
      queueMicrotask(() => order.push('microtask'));
      await pause(1000);
      await immediately();
      await scheduler.wait(0);
      const signal = AbortSignal.timeout(500);
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      context.observe({ kind: 'saw', ...look(), order });
    },
    operate: (operation) => {
      const act = acts[operation as string];
      if (act !== undefined) return act();
    },
  };
}

function look(): Record<string, unknown> {
  return {
    dates: [Date.now(), +new Date(), globalThis.Date.now(), Date.parse(Date())],
    same: new Date() instanceof Date && new globalThis.Date(0) instanceof Date,
    formatted: new Intl.DateTimeFormat('en', { timeZone: 'UTC', timeStyle: 'long' }).format(),
    elapsed: [performance.now(), imported.now(), process.uptime(), process.hrtime()[0]],
    origin: performance.timeOrigin,
    hrtime: process.hrtime.bigint(),
    chance: [Math.random(), globalThis.Math.random()],
    ids: [randomUUID(), crypto.randomUUID(), randomInt(1000), randomBytes(4).toString('hex')],
    filled: crypto.getRandomValues(new Uint8Array(4)).join(),
    hash: createHash('sha256').update('the same everywhere').digest('hex').slice(0, 8),
    pid: process.pid,
  };
}

const acts: Readonly<Record<string, () => void | Promise<void>>> = {
  connect: () => {
    net.connect(80);
  },
  fetch: async () => {
    await fetch('http://10.0.0.1');
  },
  'extend an intrinsic': () => {
    (Array.prototype as { own?: number }).own = 1;
  },
  'keep a global': () => {
    (globalThis as { kept?: number }).kept = 1;
  },
  'see a global': () => {
    if ((globalThis as { kept?: number }).kept !== undefined) throw new Error('a global leaked');
  },
  'watch a weak one': () => {
    new WeakRef({});
  },
};
