import { parseArgs } from 'node:util';
import { suggestion } from '../sim/cli/suggestion.js';

export interface BenchFlags {
  readonly help: boolean;
  readonly json: boolean;
  /** Names of suites, all when empty. */
  readonly suites: readonly string[];
}

/** The command was called in a way that it does not understand. The message is one line. */
export class BenchUsageError extends Error {
  override readonly name = 'BenchUsageError';
}

/** Reads the command line; `known` are the names of the suites. Throws {@link BenchUsageError}. */
export function parseArguments(args: readonly string[], known: readonly string[]): BenchFlags {
  const { tokens } = parseArgs({ args: [...args], options: OPTIONS, strict: false, tokens: true });
  let [help, json] = [false, false];
  const suites: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional')
      throw new BenchUsageError(`expected flags, got ${token.value}`);
    if (token.kind === 'option-terminator') continue;
    if (token.name === 'help') help = true;
    else if (token.name === 'json') json = true;
    else if (token.name === 'suite') suites.push(checkSuite(token.value, known));
    else throw new BenchUsageError(`unknown flag ${token.rawName}${hint(token.rawName, FLAGS)}`);
  }
  return { help, json, suites };
}

function checkSuite(name: string | undefined, known: readonly string[]): string {
  if (name !== undefined && known.includes(name)) return name;
  const came = name === undefined ? 'nothing' : `${name}${hint(name, known)}`;
  throw new BenchUsageError(`--suite expects one of ${known.join(', ')}, got ${came}`);
}

function hint(word: string, known: readonly string[]): string {
  const meant = suggestion(word, known);
  return meant === undefined ? '; see --help' : `; did you mean ${meant}?`;
}

const OPTIONS = {
  help: { type: 'boolean' },
  json: { type: 'boolean' },
  suite: { type: 'string' },
} as const;
const FLAGS = Object.keys(OPTIONS).map((name) => `--${name}`);
