import { FLAG_GROUPS, FLAGS, type FlagHelp, type FlagName } from './flags.js';

/** The text of `--help`; `command` is how the user calls it. */
export function helpText(command: string): string {
  const groups = FLAG_GROUPS.map(({ title, names }) => {
    return `${title}:\n${names.flatMap(flagLines).join('\n')}`;
  });
  return `${INTRODUCTION(command)}\n\n${groups.join('\n\n')}\n\n${CODES}\n`;
}

function flagLines(name: FlagName): string[] {
  const { value, help }: FlagHelp = FLAGS[name];
  const flag = `--${name}${value === undefined ? '' : ` ${value}`}`;
  return help.map((line, at) => `  ${(at === 0 ? flag : '').padEnd(WIDTH)}${line}`);
}

const WIDTH = 21;
const INTRODUCTION = (command: string): string => `\
Usage: ${command} [flags]

Starts a simulated cluster of supervised processes, kills some of its nodes, and checks that every
promise holds. Time is virtual, and everything that happens follows from the seed: the same flags
give the same run, to the byte.`;
const CODES = `\
Exit codes: 0 pass, 1 a promise is broken, 2 usage, 3 not converged, 4 not deterministic,
5 the simulator failed, 130 interrupted.`;
