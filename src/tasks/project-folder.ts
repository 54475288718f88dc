import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { checkProjectName } from './project-name.js';
import { installDependencies, type InstallOptions } from './project-install.js';
import { type Project, type ProjectContents, readContents } from './project-files.js';

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
  readonly #preparing = new Map<string, Promise<void>>();

  constructor(options: ProjectFolderOptions) {
    this.#options = options;
    this.#root = resolve(options.workingDirectory, 'projects');
  }

  /**
   * Writes the project and installs what it depends on, unless that was done before. Rejects with
   * ProjectNameError, InstallError, or what the file system says.
   */
  async prepare(name: string, project: Project): Promise<ReadyProject> {
    checkProjectName(name, 'the name of the project');
    const contents = readContents(project);
    const { hash, entryPoint } = contents;
    const path = join(this.#root, `${name}-${hash.slice(0, HASH_LENGTH)}`);
    if (await isFolder(path)) return { path, entryPoint, isReused: true };
    const running = this.#preparing.get(path);
    if (running !== undefined) {
      await running;
      return { path, entryPoint, isReused: true };
    }
    const preparing = this.#make(path, contents);
    this.#preparing.set(path, preparing);
    try {
      await preparing;
    } finally {
      this.#preparing.delete(path);
    }
    return { path, entryPoint, isReused: false };
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
      }
      await moveTo(draft, path);
    } finally {
      await rm(draft, { recursive: true, force: true });
    }
  }
}

// Another process may have been quicker with the very same contents.
async function moveTo(draft: string, path: string): Promise<void> {
  try {
    await rename(draft, path);
  } catch (error) {
    const isThere = (await isFolder(path)) && (await readdir(path)).length > 0;
    if (!isThere) throw error;
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() === true;
}

const HASH_LENGTH = 24;
