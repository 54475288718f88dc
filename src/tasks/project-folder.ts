import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkProjectName } from './project-name.js';
import { installDependencies, type InstallOptions } from './project-install.js';
import { type Project, type ProjectContents, readContents } from './project-files.js';
import { clearForFolder, isFolder, repairProject } from './project-repair.js';

/** Where a worker keeps the projects that were shipped to it. */
export interface ProjectFolderOptions extends InstallOptions {
  readonly workingDirectory: string;
}

/** A project on disk, installed, ready to be run. */
export interface ReadyProject {
  readonly path: string;
  readonly entryPoint: string;
  /** Whether it was there already: the same files under the same name. */
  readonly isReused: boolean;
}

/**
 * Projects on disk, one folder for each name and content. A folder is there whole or not at all:
 * files are written and dependencies installed elsewhere, and the result is moved. Workers of
 * several processes may share one working directory.
 */
export class ProjectFolders {
  readonly #options: ProjectFolderOptions;
  readonly #root: string;
  readonly #making = new Map<string, Promise<void>>();

  constructor(options: ProjectFolderOptions) {
    this.#options = options;
    this.#root = resolve(options.workingDirectory, 'projects');
  }

  /**
   * Writes the project and installs what it depends on, unless that was done before. Either way its
   * files are what was shipped: whatever programs changed of them is undone. What programs wrote
   * beside them stays, as caches do, and nobody looks at the packages as long as there are any.
   *
   * Rejects with ProjectNameError, InstallError, or what the file system says.
   */
  async prepare(name: string, project: Project): Promise<ReadyProject> {
    checkProjectName(name, 'the name of the project');
    const contents = readContents(project);
    const { entryPoint, files } = contents;
    const path = join(this.#root, folderName(name, contents));
    const isReused = await this.#makeOnce(path, contents);
    await repairProject(path, files);
    return { path, entryPoint, isReused };
  }

  /** False when it was made now, true when it was there or was on its way. */
  async #makeOnce(path: string, contents: ProjectContents): Promise<boolean> {
    if (await isWhole(path, contents)) return true;
    const running = this.#making.get(path);
    if (running !== undefined) {
      await running;
      return true;
    }
    const making = this.#make(path, contents);
    this.#making.set(path, making);
    try {
      await making;
    } finally {
      this.#making.delete(path);
    }
    return false;
  }

  async #make(path: string, contents: ProjectContents): Promise<void> {
    // For this user alone: what is in there is run.
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const draft = await mkdtemp(join(this.#root, 'draft-'));
    try {
      for (const [name, bytes] of contents.files) {
        const file = join(draft, ...name.split('/'));
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, bytes, { flag: 'wx' });
      }
      if (contents.hasDependencies) {
        await installDependencies(draft, contents.hasLock, this.#options);
        // Not made for packages that are all optional, and not for this system.
        await mkdir(join(draft, PACKAGES), { recursive: true });
      }
      await moveTo(draft, path, contents);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
}

// Of the name, too: where case does not count, two names would share a folder.
function folderName(name: string, { hash }: ProjectContents): string {
  const digest = createHash('sha256').update(`${name}\n${hash}`).digest('hex');
  return `${name}-${digest.slice(0, HASH_LENGTH)}`;
}

// Another process may have been quicker with the very same contents.
async function moveTo(draft: string, path: string, contents: ProjectContents): Promise<void> {
  await clearForFolder(path);
  try {
    await rename(draft, path);
  } catch (error) {
    if (!(await isFolder(path))) throw error;
    if (!(await isWhole(path, contents))) await movePackages(draft, path);
  }
}

// A program took away those that were there: the rest of the folder may be in use.
async function movePackages(draft: string, path: string): Promise<void> {
  const packages = join(path, PACKAGES);
  await clearForFolder(packages);
  try {
    await rename(join(draft, PACKAGES), packages);
  } catch (error) {
    if (!(await isFolder(packages))) throw error;
  }
}

async function isWhole(path: string, { hasDependencies }: ProjectContents): Promise<boolean> {
  if (!(await isFolder(path))) return false;
  return !hasDependencies || (await isFolder(join(path, PACKAGES)));
}

const PACKAGES = 'node_modules';
const HASH_LENGTH = 24;
