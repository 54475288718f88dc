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
  'a name and no path: letters, digits, ., _ and -, of which the first is a letter or a digit, ' +
  'at most 64';

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

// What came may be as large as a request.
function shortened(value: unknown): unknown {
  return typeof value === 'string' && value.length > 80 ? `${value.slice(0, 80)}...` : value;
}

const PROJECT_PATH_RULE = 'a path inside of its project, such as src/main.ts';
const PROJECT_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
// Names that mean a device on Windows, whatever follows the dot.
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
const PATH_LENGTH_MAX = 400;
