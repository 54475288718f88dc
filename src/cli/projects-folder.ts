import { statSync } from 'node:fs';
import { resolve } from 'node:path';

/** What is wrong with the folder of the projects; undefined when it is one. */
export function projectsWarning(path: string): string | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) return undefined;
  const what = found === undefined ? 'there is no folder' : 'this is no folder:';
  const until = 'tasks that name a project are refused until there is one';
  return `--projects: ${what} ${resolve(path)}; ${until}`;
}
