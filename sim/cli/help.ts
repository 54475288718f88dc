import { FLAGS, type FlagHelp } from './flags.js';

/** The text of `--help`; `command` is how the user calls it. */
export function helpText(command: string): string {
  const flags: [string, FlagHelp][] = Object.entries(FLAGS);
  const rows = flags
    .filter(([, { isHidden }]) => isHidden !== true)
    .flatMap(([name, { value, help }]) => {
      const flag = `--${name}${value === undefined ? '' : ` ${value}`}`;
      return help.map((line, at) => `  ${(at === 0 ? flag : '').padEnd(WIDTH)}${line}`);
    });
  return `${INTRODUCTION(command)}\n\n${rows.join('\n')}\n\n${CODES}\n`;
}

const WIDTH = 22;
const INTRODUCTION = (command: string): string => `\
Usage: ${command} [flags]

Starts a simulated cluster of supervised processes, kills some of its nodes, and checks that every
promise holds. Time is virtual, and everything that happens follows from the seed: the same flags
give the same run, to the byte.`;
const CODES = `\
Exit codes: 0 pass, 1 a promise is broken, 2 usage, 3 not converged, 4 not deterministic,
5 the simulator failed, 130 interrupted.`;
