import * as nodeCrypto from 'node:crypto';
import { compileFunction } from 'node:vm';
import type { Platform } from '../../src/platform/platform.js';
import type { NodeBundle } from '../program.js';
import { virtualDate, virtualIntl, virtualPerformance } from './date.js';
import { forbidden } from './forbidden.js';
import { virtualRequire, type Require } from './modules.js';
import { type ProcessHooks, virtualProcess } from './process.js';
import { virtualCrypto, virtualMath, virtualWebCrypto } from './random.js';
import { virtualTimers } from './timers.js';

/**
 * Evaluates a node's bundle in a world of its own: whatever tells the time, sets a timer, draws at
 * random or reaches outside is shadowed by a parameter of the function that wraps the bundle.
 * Nothing in the thread itself is patched, so several nodes can live in it side by side.
 */
export function loadNodeBundle(text: string, platform: Platform, hooks: ProcessHooks): NodeBundle {
  const { globals, require } = virtualWorld(platform, hooks);
  const module = { exports: {} };
  const wrapped = { module, exports: module.exports, require, ...globals };
  compiled(text, Object.keys(wrapped)).apply(module.exports, Object.values(wrapped));
  return module.exports as NodeBundle;
}

type Evaluate = (...values: unknown[]) => void;

// The last text that was compiled. Every node evaluates it anew, so nothing is shared but code:
// what the engine has learnt about it serves all nodes and all runs of a thread.
let latest: { readonly text: string; readonly evaluate: Evaluate } | undefined;

function compiled(text: string, names: readonly string[]): Evaluate {
  if (latest?.text !== text) {
    const evaluate = compileFunction(text, names, { filename: BUNDLE_NAME }) as Evaluate;
    latest = { text, evaluate };
  }
  return latest.evaluate;
}

interface VirtualWorld {
  readonly globals: Readonly<Record<string, unknown>>;
  readonly require: Require;
}

function virtualWorld(platform: Platform, hooks: ProcessHooks): VirtualWorld {
  const { clock, entropy } = platform;
  const startMs = clock.nowMs();
  const timers = virtualTimers(platform.timers);
  const performance = virtualPerformance(clock, startMs);
  const shadows: Record<string, unknown> = {
    ...timers.globals,
    AbortSignal: timers.AbortSignal,
    Atomics: withoutWaiting(),
    Date: virtualDate(clock),
    Intl: virtualIntl(clock),
    Math: virtualMath(platform.random),
    crypto: virtualWebCrypto(entropy),
    performance,
    process: virtualProcess(clock, startMs, hooks),
  };
  for (const name of OUTSIDE) shadows[name] = forbidden(name);
  const modules = virtualRequire({
    crypto: virtualCrypto(nodeCrypto, entropy),
    perf_hooks: { performance },
    process: shadows['process'],
    timers: timers.module,
    'timers/promises': timers.promises,
  });
  return { globals: { ...shadows, ...globalObjects(shadows) }, require: modules };
}

// Everything the thread's global object has, with the shadows in front; writes stay in this node.
function globalObjects(shadows: Record<string, unknown>): Record<string, unknown> {
  const self = Object.create(globalThis) as Record<string, unknown>;
  const define = (name: string, value: unknown): void => {
    Object.defineProperty(self, name, { value, writable: true, configurable: true });
  };
  for (const [name, value] of Object.entries(shadows)) define(name, value);
  const names = ['globalThis', 'global', 'self'];
  for (const name of names) define(name, self);
  return Object.fromEntries(names.map((name) => [name, self]));
}

function withoutWaiting(): typeof Atomics {
  return Object.create(Atomics, {
    wait: { value: forbidden('Atomics.wait') },
    waitAsync: { value: forbidden('Atomics.waitAsync') },
  }) as typeof Atomics;
}

const BUNDLE_NAME = 'node-program.cjs';
const OUTSIDE = [
  'BroadcastChannel',
  'EventSource',
  'FinalizationRegistry',
  'MessageChannel',
  'WeakRef',
  'WebAssembly',
  'WebSocket',
  'fetch',
];
