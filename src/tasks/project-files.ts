import { createHash } from 'node:crypto';
import { compareCodeUnits } from '../base/compare.js';
import { describe } from '../base/errors.js';
import { decodeFile } from './project-encoding.js';
import { checkProjectPath, normalProjectPath, ProjectNameError } from './project-name.js';

/** A program as it travels in a task. */
export interface Project {
  /** An object, or its text; as an object when our own coordinator ships it. */
  readonly packageJson?: unknown;
  /** As `packageJson`; the text, as ours ships it, when it cannot be read. */
  readonly tsconfigJson?: unknown;
  /** Contents by path, as `encodeFile` makes them. */
  readonly files: Readonly<Record<string, string>>;
  /** The module that is run, as a path in the project. */
  readonly entryPoint: string;
}

/** What is written to disk: every path stays inside of the project. */
export interface ProjectContents {
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly entryPoint: string;
  /** The same for the same contents, whatever order they came in. */
  readonly hash: string;
  /** Whether there is anything for npm to install. */
  readonly hasDependencies: boolean;
  readonly hasLock: boolean;
}

/** Checks a project and decodes its files. Throws {@link ProjectNameError}. */
export function readContents(project: Project): ProjectContents {
  const entryPoint = normalProjectPath(project.entryPoint, 'entryPoint');
  const files = new Map<string, Uint8Array>();
  for (const [path, content] of Object.entries(shippedFiles(project))) {
    checkProjectPath(path);
    if (isOutOfReach(path)) {
      throw new ProjectNameError('the path of a file', 'outside of node_modules and .git', path);
    }
    files.set(path, bytesOf(path, content));
  }
  if (!files.has(entryPoint)) {
    const names = [...files.keys()].slice(0, 8).join(', ') || 'none';
    throw new ProjectNameError('entryPoint', `one of the project's files (${names})`, entryPoint);
  }
  checkFolders(files);
  return {
    files,
    entryPoint,
    hash: hashOf(files),
    hasDependencies: hasDependencies(files.get('package.json')),
    hasLock: files.has('package-lock.json') || files.has('npm-shrinkwrap.json'),
  };
}

/** Files and folders that no project takes along. */
export function isOutOfReach(path: string): boolean {
  return path.split('/').some((part) => part === 'node_modules' || part === '.git');
}

function bytesOf(path: string, content: unknown): Uint8Array {
  if (typeof content === 'string') return decodeFile(path, content);
  throw new ProjectNameError(`the content of ${path}`, 'text, UTF-8 or base64', content);
}

// The two that have fields of their own count more than files of that name.
function shippedFiles(project: Project): Record<string, unknown> {
  const { packageJson, tsconfigJson, files } = project;
  if (typeof files !== 'object' || (files as unknown) === null || Array.isArray(files)) {
    throw new ProjectNameError('files', 'an object with contents by path', files);
  }
  return {
    ...files,
    ...(hasText(packageJson) ? { 'package.json': textOf(packageJson) } : {}),
    ...(hasText(tsconfigJson) ? { 'tsconfig.json': textOf(tsconfigJson) } : {}),
  };
}

function hasText(json: unknown): boolean {
  if (typeof json === 'string') return json.trim() !== '';
  return typeof json === 'object' && json !== null && Object.keys(json).length > 0;
}

function textOf(json: unknown): string {
  return typeof json === 'string' ? json : `${JSON.stringify(json, undefined, 2)}\n`;
}

function checkFolders(files: ReadonlyMap<string, unknown>): void {
  for (const path of files.keys()) {
    const parts = path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      if (!files.has(folder)) continue;
      throw new ProjectNameError(folder, 'a file or a folder, not both', path);
    }
  }
}

// With the lengths, so that no two projects run into each other.
function hashOf(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256');
  const sorted = [...files].sort(([a], [b]) => compareCodeUnits(a, b));
  for (const [path, bytes] of sorted) {
    hash.update(`${Buffer.byteLength(path)} ${bytes.length} ${path}\n`).update(bytes);
  }
  return hash.digest('hex');
}

function hasDependencies(packageJson: Uint8Array | undefined): boolean {
  if (packageJson === undefined) return false;
  const parsed = parsePackage(Buffer.from(packageJson).toString('utf8'));
  return DEPENDENCIES.some((field) => hasText(parsed[field]));
}

function parsePackage(text: string): Readonly<Record<string, unknown>> {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new ProjectNameError('package.json', 'JSON', text.slice(0, 40));
  }
  if (typeof parsed === 'object' && parsed !== null) return parsed as Record<string, unknown>;
  throw new ProjectNameError('package.json', 'a JSON object', describe(parsed));
}

const DEPENDENCIES = ['dependencies', 'devDependencies', 'optionalDependencies'] as const;
