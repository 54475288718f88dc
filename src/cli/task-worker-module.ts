import { existsSync } from 'node:fs';
import { describe, toError } from '../base/errors.js';
import { deferred } from '../base/deferred.js';
import { importable, modulePath } from '../offload/user-module.js';
import type { Task, TaskContext } from '../tasks.js';
import { NodeModuleError } from './node-module.js';

export type TaskFunction = (task: Task, context: TaskContext) => unknown;

/**
 * The function of a user's module that does tasks: its default export, or its export `run`.
 * TypeScript is compiled first. Rejects with NodeModuleError.
 */
export async function loadTaskModule(path: string): Promise<TaskFunction> {
  const file = modulePath(path);
  if (!existsSync(file)) throw new NodeModuleError(`--module: there is no file ${file}`);
  const loaded = await importModule(file);
  const { default: main, run } = loaded;
  // A module that is compiled to CommonJS has its exports one level further in.
  const inner = (main ?? {}) as Exports;
  const found = [main, run, inner.default, inner.run].find((each) => typeof each === 'function');
  if (found !== undefined) return found as TaskFunction;
  const exported = Object.entries(loaded).map(([name, value]) => `${name} (${describe(value)})`);
  const got = exported.join(', ') || 'nothing';
  throw new NodeModuleError(
    `--module: ${path} has to export a function as default, or as run; got ${got}`,
  );
}

async function importModule(file: string): Promise<Exports> {
  // Nothing is left to happen, and still it waits: Node would end without a word.
  const stuck = deferred<never>();
  const onIdle = (): void => stuck.reject(new Error(STUCK));
  process.once('beforeExit', onIdle);
  try {
    const loading = importable(file).then((href) => import(href) as Promise<Exports>);
    return await Promise.race([loading, stuck.promise]);
  } catch (thrown) {
    const error = toError(thrown);
    const { message } = error;
    const what = message.startsWith(file) ? message : `${file} does not load: ${message}`;
    throw new NodeModuleError(`--module: ${what}`, { cause: error });
  } finally {
    process.off('beforeExit', onIdle);
  }
}

interface Exports {
  readonly default?: unknown;
  readonly run?: unknown;
}

const STUCK = 'its top level waits for something that never comes';
