import { lstat, mkdir, realpath } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';

/**
 * The folder `path` of a project, made when it is missing, as a path without links in the project;
 * the project itself is the empty text. Undefined when it is something else than a folder, or a
 * link leads out of the project or to nothing: nothing is made outside.
 */
export async function projectDirectory(root: string, path: string): Promise<string | undefined> {
  const project = await realpath(root);
  let real = project;
  for (const name of path.split('/').filter((part) => part !== '')) {
    const next = await realFolder(join(real, name));
    if (next === undefined || !`${next}${sep}`.startsWith(`${project}${sep}`)) return undefined;
    real = next;
  }
  return relative(project, real);
}

async function realFolder(path: string): Promise<string | undefined> {
  await mkdir(path).catch((error: unknown) => {
    // Also what a link to nothing gives: it is not followed.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
  const real = await realpath(path).catch(() => undefined);
  if (real === undefined) return undefined;
  return (await lstat(real)).isDirectory() ? real : undefined;
}
