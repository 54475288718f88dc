import { describe, FaultlineError } from '../base/errors.js';

/** A project, or a file of one, is named in a way that could lead out of its folder. */
export class ProjectNameError extends FaultlineError {
  static readonly code = 'ERR_PROJECT_NAME';
  override readonly name = 'ProjectNameError';
  readonly code = ProjectNameError.code;

  constructor(
    readonly field: string,
    readonly expected: string,
    readonly received: unknown,
  ) {
    super(`Expected ${field} to be ${expected}, got ${describe(shortened(received))}`);
  }
}

/** What a project may be called: it becomes the name of a folder, here and on every worker. */
export const PROJECT_NAME_RULE =
  'a name and no path: letters, digits, ., _ and -, the first a letter, a digit or _, at most 64';

/** Throws {@link ProjectNameError}. */
export function checkProjectName(value: unknown, field = 'projectName'): string {
  if (typeof value === 'string' && isProjectName(value)) return value;
  throw new ProjectNameError(field, PROJECT_NAME_RULE, value);
}

export function isProjectName(value: string): boolean {
  return PROJECT_NAME.test(value) && !/\.\.|\.$/.test(value) && !RESERVED.test(value);
}

/**
 * A path that stays inside of its project on every system: relative, with `/` between names, no
 * `..`, no drive, no control characters. Throws {@link ProjectNameError}.
 */
export function checkProjectPath(value: unknown, field = 'the path of a file'): string {
  if (typeof value === 'string' && isProjectPath(value)) return value;
  throw new ProjectNameError(field, PROJECT_PATH_RULE, value);
}

export function isProjectPath(value: string): boolean {
  if (value === '' || value.length > PATH_LENGTH_MAX || /[\\:\p{Cc}]/u.test(value)) return false;
  return value.split('/').every((part) => part !== '' && !/^__proto__$|[. ]$/.test(part));
}

/**
 * The path of a file or folder in a project, as people write it: `./src/main.ts`, `src/`, `.`.
 * Gives {@link checkProjectPath}'s form of it; the project itself is the empty text. Throws
 * {@link ProjectNameError}.
 */
export function normalProjectPath(value: unknown, field: string): string {
  if (typeof value !== 'string' || value === '') return checkProjectPath(value, field);
  // What starts with a slash is no path in a project, and must not become one.
  const parts = value.replace(/\/+$/, '').split('/');
  const path = parts.filter((part) => part !== '.').join('/');
  if (path === '' && parts.includes('.')) return '';
  return isProjectPath(path) ? path : checkProjectPath(value, field);
}

// What came may be as large as a request.
function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > 80 ? `${value.slice(0, 80)}...` : value;
}

const PROJECT_PATH_RULE = 'a path inside of its project, such as src/main.ts';
const PROJECT_NAME = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/;
// Names that mean a device on Windows, whatever follows the dot.
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const PATH_LENGTH_MAX = 400;
