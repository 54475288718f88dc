import { parseArgs, type ParseArgsConfig } from 'node:util';
import { FLAGS, type FlagHelp, type FlagName } from './flags.js';
import { suggestion } from './suggestion.js';
import { oneLine, UsageError } from './usage-error.js';

/** The flags of a command line with their values; a switch has an empty one. */
export type Given = ReadonlyMap<FlagName, string>;

/**
 * Reads which flags are there, not yet what their values mean; throws {@link UsageError}. Of a flag
 * given twice the last one counts.
 */
// Not strict: its messages are long, and it knows no suggestions.
export function readTokens(args: readonly string[]): Given {
  const given = new Map<FlagName, string>();
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const [name, flag] of flagEntries) {
    options[name] = { type: flag.value === undefined ? 'boolean' : 'string' };
  }
  const config = { args: [...args], options, strict: false, tokens: true } as const;
  for (const token of parseArgs(config satisfies ParseArgsConfig).tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      throw new UsageError(`expected flags only, got ${oneLine(token.value)}`);
    }
    const { name, value, rawName } = token;
    if (!isFlag(name)) throw unknownFlag(name, rawName);
    const flag: FlagHelp = FLAGS[name];
    if (flag.value !== undefined) {
      // Whatever follows was taken for the value: a number below zero is one, a flag is none.
      if (value === undefined || (!token.inlineValue && value.startsWith('--'))) {
        throw UsageError.of(name, `a value (${flag.value})`, value);
      }
      given.set(name, value);
    } else if (value !== undefined) {
      throw UsageError.of(name, 'no value', value);
    } else {
      given.set(name, '');
    }
  }
  return given;
}

function unknownFlag(name: string, rawName: string): UsageError {
  const known = flagEntries.flatMap(([flag, { isHidden }]) => (isHidden === true ? [] : [flag]));
  const meant = suggestion(name, known);
  const hint = meant === undefined ? 'expected one that --help lists' : `did you mean --${meant}?`;
  return new UsageError(`unknown flag ${oneLine(rawName)}: ${hint}`);
}

function isFlag(name: string): name is FlagName {
  return Object.hasOwn(FLAGS, name);
}

const flagEntries: [string, FlagHelp][] = Object.entries(FLAGS);
