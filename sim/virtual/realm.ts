import * as nodeCrypto from 'node:crypto';
import * as perfHooks from 'node:perf_hooks';
import { compileFunction } from 'node:vm';
import type { Platform } from '../../src/platform/platform.js';
import type { NodeBundle } from '../program.js';
import { BUNDLE_NAME } from '../source-place.js';
import { virtualConsole } from './console.js';
import { enterRealm, PLAIN_STACKS, type Realm } from './current.js';
import { type ForbiddenInSimulationError, restricted } from './forbidden.js';
import { globalObject } from './globals.js';
import { guardModule } from './intrinsics.js';
import { type Guard, virtualRequire } from './modules.js';
import { virtualOs } from './os.js';
import { virtualPerformance } from './performance.js';
import { virtualProcess } from './process.js';
import { virtualCrypto, virtualWebCrypto } from './random.js';
import { virtualTimers } from './timers.js';

/** What a node's world asks of whoever runs the node. */
export interface RealmHooks {
  readonly index: number;
  /** The program ended its process. */
  exit(): void;
  /** A forbidden call was made after the bundle had loaded, whether or not its error is caught. */
  refused(error: ForbiddenInSimulationError): void;
}

export interface LoadedBundle {
  readonly bundle: NodeBundle;
  /** To be entered whenever the node runs. */
  readonly realm: Realm;
}

/**
 * Evaluates a node's bundle in a world of its own, in a thread that {@link virtualiseThread}
 * prepared, and leaves that world entered.
 *
 * The bundle's code is shared by all nodes of a thread, and its module scope, global object,
 * `process` and modules are the node's own. A name that a program adds to its global object is
 * found through `globalThis`, not by itself.
 */
export function loadNodeBundle(text: string, platform: Platform, hooks: RealmHooks): LoadedBundle {
  const { realm, require, loaded } = virtualWorld(platform, hooks, guardModule);
  enterRealm(realm);
  const module = { exports: {} };
  const { global } = realm;
  compiled(text).call(module.exports, module, module.exports, require, global, global);
  loaded();
  return { bundle: module.exports as NodeBundle, realm };
}

type Evaluate = (...values: unknown[]) => void;

// The last text that was compiled. Every node evaluates it anew, so nothing is shared but code:
// what the engine has learnt about it serves all nodes and all runs of a thread.
let latest: { readonly text: string; readonly evaluate: Evaluate } | undefined;

function compiled(text: string): Evaluate {
  if (latest?.text !== text) {
    const evaluate = compileFunction(text, PARAMETERS, { filename: BUNDLE_NAME }) as Evaluate;
    latest = { text, evaluate };
  }
  return latest.evaluate;
}

export interface VirtualWorld {
  readonly realm: Realm;
  readonly require: (specifier: string) => unknown;
  /** From now on forbidden calls are heard. */
  loaded(): void;
}

/** Everything outside of a node's own code, not yet entered. */
export function virtualWorld(platform: Platform, hooks: RealmHooks, guard: Guard): VirtualWorld {
  const { clock, entropy, log } = platform;
  const startMs = clock.nowMs();
  const timers = virtualTimers(platform.timers);
  const global = globalObject();
  const performance = virtualPerformance(clock, startMs);
  const modules: Record<string, () => unknown> = {
    crypto: () => virtualCrypto(nodeCrypto, entropy),
    os: () => virtualOs(clock, hooks.index),
    perf_hooks: () => ({ ...restricted('perf_hooks', perfHooks, PERF_HOOKS), performance }),
    process: () => globals['process'],
    timers: () => timers.module,
    'timers/promises': () => timers.promises,
    console: () => globals['console'],
  };
  const require = virtualRequire(modules, guard);
  const { index, exit } = hooks;
  const globals: Record<string, unknown> = {
    ...timers.globals,
    globalThis: global,
    global,
    console: virtualConsole(log, clock),
    crypto: virtualWebCrypto(entropy),
    performance,
    process: virtualProcess(clock, startMs, { index, exit, require }),
  };
  // A module that only tries what there is, while it loads, is none the worse for a refusal.
  let isLoading = true;
  const realm: Realm = {
    platform,
    startMs,
    index,
    global,
    globals,
    stackTraces: PLAIN_STACKS,
    refused: (error) => {
      if (!isLoading) hooks.refused(error);
    },
  };
  return { realm, require, loaded: () => void (isLoading = false) };
}

const PARAMETERS = ['module', 'exports', 'require', 'globalThis', 'global'];
const PERF_HOOKS = { allow: ['createHistogram'] };
