import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { toError } from '../base/errors.js';
import { StoreOpenError } from '../tasks.js';

/**
 * Makes sure that the folder can be made: the first level of it that is missing is. Throws
 * StoreOpenError.
 */
export function prepareStore(path: string): void {
  let missing: string | undefined;
  for (let at = resolve(path); !exists(at); at = dirname(at)) missing = at;
  if (missing === undefined) return;
  try {
    // One level: where nothing can be made, as in /proc, Node goes on for ever to make several.
    mkdirSync(missing);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw new StoreOpenError(path, toError(error));
  }
}

/** What is wrong with the folder of the projects; undefined when it is one. */
export function projectsWarning(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return undefined;
  const what = found === undefined ? 'there is no folder' : 'this is no folder:';
  const until = 'tasks that name a project are refused until there is one';
  return `--projects: ${what} ${resolve(path)}; ${until}`;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}
