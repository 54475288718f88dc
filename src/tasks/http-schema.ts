import type { StandardSchemaV1 } from '@standard-schema/spec';
import { describe } from '../base/errors.js';
import { suggestion } from '../base/suggestion.js';
import { isUsableId } from './task-check.js';

/** What is posted to add a task. */
export interface AddTaskBody {
  readonly projectName: string;
  readonly options: AddTaskOptions;
}

export interface AddTaskOptions {
  readonly taskType: string;
  readonly type?: string;
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly workingDirectory?: string;
  readonly taskId?: string;
  /** Milliseconds. */
  readonly timeout?: number;
  readonly additionalOptions?: Readonly<Record<string, unknown>>;
  /** Additions to the contract. */
  readonly priority?: number;
  readonly delayMs?: number;
  readonly retriesMax?: number;
}

/** The contract's own schema. A field that it does not name is an issue: most are misspelt. */
export const addTaskSchema: StandardSchemaV1<unknown, AddTaskBody> = {
  '~standard': {
    version: 1,
    vendor: 'faultline',
    validate: (value) => {
      const issues: StandardSchemaV1.Issue[] = [];
      const body = readFields(value, BODY_FIELDS, { path: [], issues });
      return issues.length > 0 ? { issues } : { value: body as unknown as AddTaskBody };
    },
  },
};

/** The first issues as a sentence that names each field; how one of a list of bodies is named. */
export function issueText(issues: readonly StandardSchemaV1.Issue[]): string {
  const sentences = issues.slice(0, SHOWN_MAX).map(({ message, path = [] }) => {
    const field = path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.');
    return field === '' ? message : `${field}: ${message}`;
  });
  const more = issues.length - sentences.length;
  return `${sentences.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}

interface Field {
  readonly isRequired?: boolean;
  readonly expected: string;
  readonly isValid: (value: unknown) => boolean;
  /** Of an object whose fields are known. */
  readonly fields?: Fields;
}

type Fields = Readonly<Record<string, Field>>;

interface Reading {
  readonly path: readonly string[];
  readonly issues: StandardSchemaV1.Issue[];
}

function readFields(value: unknown, fields: Fields, { path, issues }: Reading): object {
  if (!isObject(value)) {
    issues.push({ message: `expected an object, got ${came(value)}`, path });
    return {};
  }
  issues.push(...straysOf(value, fields, path));
  const read: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    const given = Object.hasOwn(value, name) ? value[name] : undefined;
    // Many write null for what they leave out.
    const isMissing = given === undefined || given === null;
    if (isMissing && field.isRequired !== true) continue;
    const at = [...path, name];
    if (isMissing || !field.isValid(given)) {
      issues.push({ message: `expected ${field.expected}, got ${came(given)}`, path: at });
    } else {
      const inner = field.fields;
      read[name] = inner === undefined ? given : readFields(given, inner, { path: at, issues });
    }
  }
  return read;
}

/** The first fields that are none. */
function straysOf(
  value: Readonly<Record<string, unknown>>,
  fields: Fields,
  path: readonly string[],
): StandardSchemaV1.Issue[] {
  const names = Object.keys(value).filter((name) => !Object.hasOwn(fields, name));
  return names.slice(0, SHOWN_MAX).map((name) => {
    const shown = shortened(name);
    const meant = suggestion(shown, Object.keys(fields));
    const free = "what is the task's own belongs into options.additionalOptions";
    const hint = meant === undefined ? free : `did you mean ${meant}?`;
    return { message: `expected no such field; ${hint}`, path: [...path, shown] };
  });
}

function came(value: unknown): string {
  if (value === undefined) return 'nothing';
  return typeof value === 'string' ? describe(shortened(value)) : describe(value);
}

function shortened(text: string): string {
  return text.length > SHOWN_LENGTH_MAX ? `${text.slice(0, SHOWN_LENGTH_MAX)}...` : text;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= TEXT_LENGTH_MAX;
}

// An id is part of addresses, where `.` and `..` are steps, and of lines of logs.
function isTaskId(value: unknown): boolean {
  return isText(value) && isUsableId(value as string);
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const TEXT: Field = { expected: 'a text of 1 to 256 characters', isValid: isText };
const MILLISECONDS: Field = { expected: 'whole milliseconds, 0 or more', isValid: isCount };
const OPTION_FIELDS: Fields = {
  taskType: { ...TEXT, isRequired: true },
  type: TEXT,
  args: {
    expected: 'an array of texts',
    isValid: (value) => Array.isArray(value) && value.every((arg) => typeof arg === 'string'),
  },
  env: {
    expected: 'an object of texts',
    isValid: (value) =>
      isObject(value) && Object.values(value).every((text) => typeof text === 'string'),
  },
  workingDirectory: TEXT,
  taskId: {
    expected: `${TEXT.expected}, none of them for control, and neither . nor ..`,
    isValid: isTaskId,
  },
  timeout: MILLISECONDS,
  additionalOptions: { expected: 'an object', isValid: isObject },
  priority: { expected: 'a finite number', isValid: Number.isFinite },
  delayMs: MILLISECONDS,
  retriesMax: { expected: 'a whole number, 0 or more', isValid: isCount },
};
const BODY_FIELDS: Fields = {
  projectName: { ...TEXT, isRequired: true },
  options: {
    isRequired: true,
    expected: 'an object with a taskType',
    isValid: isObject,
    fields: OPTION_FIELDS,
  },
};
const TEXT_LENGTH_MAX = 256;
const SHOWN_MAX = 5;
const SHOWN_LENGTH_MAX = 60;
