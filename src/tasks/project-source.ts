import { lstat, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { FaultlineError } from '../base/errors.js';
import { encodeFile } from './project-encoding.js';
import { isOutOfReach, type Project } from './project-files.js';
import { jsonObject } from './project-json.js';
import { checkProjectName, isProjectPath } from './project-name.js';

/** A project of that name is not there, or holds nothing that could be run. */
export class ProjectSourceError extends FaultlineError {
  static readonly code = 'ERR_PROJECT_SOURCE';
  override readonly name = 'ProjectSourceError';
  readonly code = ProjectSourceError.code;

  constructor(
    readonly projectName: string,
    readonly reason: string,
  ) {
    super(`Project ${projectName} cannot be shipped: ${reason}`);
  }
}

/**
 * Reads the project `projectName` beneath `folder`, without `node_modules` and `.git`. Symbolic
 * links are refused: what lies outside of the project is not for workers. The entry point is `main`
 * of its package.json, or the first of index.ts, index.js, src/index.ts and the like that is there.
 *
 * Rejects with ProjectNameError and {@link ProjectSourceError}.
 */
export async function readProject(folder: string, projectName: string): Promise<Project> {
  checkProjectName(projectName);
  const root = join(folder, projectName);
  const found = await lstat(root).catch(() => undefined);
  if (found?.isDirectory() !== true) {
    throw new ProjectSourceError(projectName, `there is no folder of that name in ${folder}`);
  }
  const walk: Walk = { projectName, root, files: {}, bytes: 0 };
  await readFolder(walk, '');
  const { 'package.json': packageText, 'tsconfig.json': tsconfigText, ...files } = walk.files;
  const packageJson = parseJson(projectName, 'package.json', packageText);
  return {
    packageJson,
    // Comments are usual there, and of no use to a worker.
    tsconfigJson: tsconfigText === undefined ? {} : (jsonObject(tsconfigText) ?? tsconfigText),
    files,
    entryPoint: entryPointOf(projectName, packageJson, walk.files),
  };
}

interface Walk {
  readonly projectName: string;
  readonly root: string;
  readonly files: Record<string, string>;
  bytes: number;
}

async function readFolder(walk: Walk, folder: string): Promise<void> {
  const entries = await readdir(join(walk.root, folder), { withFileTypes: true });
  for (const entry of entries) {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (isOutOfReach(path)) continue;
    if (entry.isDirectory()) await readFolder(walk, path);
    else if (entry.isFile()) await readOne(walk, path);
    else throw new ProjectSourceError(walk.projectName, `${path} is no regular file`);
  }
}

async function readOne(walk: Walk, path: string): Promise<void> {
  if (!isProjectPath(path)) {
    throw new ProjectSourceError(walk.projectName, `${path} is no name on every system`);
  }
  const bytes = await readFile(join(walk.root, path));
  walk.bytes += bytes.length;
  if (walk.bytes > PROJECT_BYTES_MAX) {
    const limit = `${PROJECT_BYTES_MAX / 2 ** 20} MiB`;
    throw new ProjectSourceError(walk.projectName, `its files have more than ${limit}`);
  }
  walk.files[path] = encodeFile(path, bytes);
}

function parseJson(projectName: string, path: string, text: string | undefined): object {
  try {
    const parsed = JSON.parse(text ?? '{}') as unknown;
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // Not an object either: the same sentence.
  }
  throw new ProjectSourceError(projectName, `${path} is no JSON object`);
}

function entryPointOf(
  projectName: string,
  packageJson: { readonly main?: unknown },
  files: Readonly<Record<string, string>>,
): string {
  const main = typeof packageJson.main === 'string' ? packageJson.main.replace(/^\.\//, '') : '';
  // A `main` that is yet to be built is looked for beside its source.
  const wanted = [
    main,
    main.replace(/js$/, 'ts'),
    main.replace(/^(?:dist|build)\/(.*)js$/, 'src/$1ts'),
  ];
  const entryPoint = [...wanted, ...ENTRY_POINTS].find((path) => Object.hasOwn(files, path));
  if (entryPoint !== undefined) return entryPoint;
  throw new ProjectSourceError(
    projectName,
    'it has no main in package.json, and no index.ts or .js',
  );
}

const NAMES = ['index', 'main', 'src/index', 'src/main'];
const ENTRY_POINTS = NAMES.flatMap((name) =>
  ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs'].map((end) => `${name}.${end}`),
);
const PROJECT_BYTES_MAX = 32 * 2 ** 20;
