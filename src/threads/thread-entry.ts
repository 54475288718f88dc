import { fileURLToPath } from 'node:url';
import { toError } from '../base/errors.js';
import { hrefOf, importable, importableScript, runsFromSource } from '../offload/user-module.js';
import { ThreadModuleError } from './thread-error.js';

/** What a thread begins with, and what it imports then. Both are URLs. */
export interface ThreadEntry {
  readonly entry: string;
  readonly module: string;
}

/** Makes the module at `path` one that a thread can run; rejects with ThreadModuleError. */
export async function threadEntry(path: string): Promise<ThreadEntry> {
  const here = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));
  try {
    if (!runsFromSource())
      return { entry: hrefOf(here('thread-main.js')), module: await importable(path) };
    // No thread can load this very source either: the module and it become one text.
    const script = `
      import { runThread } from ${JSON.stringify(here('thread-program.ts'))};
      void runThread(() => import(${JSON.stringify(path)}));
    `;
    return { entry: await importableScript(script, here('.')), module: path };
  } catch (error) {
    throw new ThreadModuleError(path, toError(error).message, { cause: error });
  }
}
