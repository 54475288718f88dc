import { lstat, mkdir, mkdtemp, readFile, rename, rm, unlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Makes the files of a project what they were shipped as, whatever programs did to them; all else
 * that is in its folder stays. No link is followed, and no file is written where it is: it may be
 * one outside of the project as well. Two may do it at a time, in two processes too.
 */
export async function repairProject(
  folder: string,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  for (const path of foldersOf(files.keys())) await repairFolder(join(folder, path));
  for (const [path, bytes] of files) {
    const file = join(folder, path);
    if (!(await isIntact(file, bytes))) await replaceFile(file, { bytes, folder });
  }
}

/** Whether there is a folder, and no link to one. */
export async function isFolder(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

/** Removes what is in the place of a folder: a file, or a link, but not what it leads to. */
export async function clearForFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  // There may be nothing, or a folder that another process has just made: both are well.
  await unlink(path).catch(() => undefined);
}

/** Every folder that a file is in, each after the one that it is in. */
function foldersOf(paths: Iterable<string>): ReadonlySet<string> {
  const folders = new Set<string>();
  for (const path of paths) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) folders.add(parts.slice(0, depth).join('/'));
  }
  return folders;
}

async function repairFolder(path: string): Promise<void> {
  await clearForFolder(path);
  await mkdir(path, { recursive: true });
}

// What cannot be read is replaced: if that fails, too, it says why.
async function isIntact(file: string, bytes: Uint8Array): Promise<boolean> {
  const found = await lstat(file).catch(() => undefined);
  if (found?.isFile() !== true || found.size !== bytes.length) return false;
  const read = await readFile(file).catch(() => undefined);
  return read?.equals(bytes) === true;
}

async function replaceFile(
  file: string,
  { bytes, folder }: { readonly bytes: Uint8Array; readonly folder: string },
): Promise<void> {
  const scratch = await mkdtemp(join(dirname(folder), 'draft-'));
  try {
    const draft = join(scratch, 'file');
    await writeFile(draft, bytes);
    // In one step, so that a program that runs there never finds half a file.
    await rename(draft, file).catch(async () => {
      await rm(file, { recursive: true, force: true });
      await rename(draft, file);
    });
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}
