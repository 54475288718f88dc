import { createHash } from 'node:crypto';
import { canonical } from '../plain.js';
import type { Scenario } from '../scenarios/scenario.js';
import { plantNames } from '../search/subject.js';
import { scenarioShape } from './scenario-shape.js';
import { object, oneOf, type Shape, ShapeError, text } from './shape.js';

/** A run that broke a promise once, as a file keeps it. */
export interface ReplayFile {
  readonly format: typeof FORMAT;
  /** What was broken: a promise, or another word that a verdict has for it. */
  readonly broken: string;
  /** What was promised and what happened instead, when the file was written. */
  readonly message: string;
  /** The command that found it. */
  readonly found?: string;
  /** The planted bug that its nodes ran with. */
  readonly plant?: string;
  readonly scenario: Scenario;
}

/** A file does not hold a run; the message names the file and the place in it. */
export class ReplayFileError extends Error {
  override readonly name = 'ReplayFileError';

  constructor(
    readonly path: string,
    problem: string,
  ) {
    super(`${path} is no replay file: ${problem}`);
  }
}

/** Reads the text of a replay file; throws {@link ReplayFileError}. */
export function parseReplayFile(content: string, path: string): ReplayFile {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch (error) {
    throw new ReplayFileError(path, `it holds no JSON (${(error as Error).message})`);
  }
  try {
    fileShape(value, '');
  } catch (error) {
    if (error instanceof ShapeError) throw new ReplayFileError(path, error.message);
    throw error;
  }
  return value as ReplayFile;
}

export function replayFileText(file: ReplayFile): string {
  return `${JSON.stringify(file, undefined, 2)}\n`;
}

/** The name for a file: the same run has the same one. */
export function replayFileName({ scenario, plant, broken }: ReplayFile): string {
  const content = canonical([FORMAT, broken, plant ?? null, scenario]);
  return `${createHash('sha256').update(content).digest('hex').slice(0, NAME_LENGTH)}.json`;
}

export const FORMAT = 1;

const fileShape: Shape = (value, path) => {
  object({ format: oneOf(FORMAT) })(value, path);
  object(
    { broken: text, message: text, scenario: scenarioShape },
    { found: text, plant: oneOf(...plantNames()) },
  )(value, path);
};
const NAME_LENGTH = 12;
