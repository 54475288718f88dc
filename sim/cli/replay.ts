import type { OutputFlags, RunFlags } from './arguments.js';

/** The command that does the same again: every flag that decides something, and no other one. */
export function replayCommand(command: string, flags: RunFlags, seed: number): string {
  return [command, ...scenarioWords(flags, seed), ...outputWords(flags)].join(' ');
}

/** The command that makes a whole search again. */
export function searchCommand(command: string, flags: RunFlags, seed: number): string {
  const { runs, budgetMs, untilFailure } = flags.search ?? { untilFailure: false };
  const words = [replayCommand(command, flags, seed)];
  // A search has another lane than a single run when none is named.
  if (flags.lane === 'worker') words.push('--lane worker');
  if (runs !== undefined) words.push(`--runs ${runs}`);
  const budget = [
    ...(budgetMs === undefined ? [] : [`${budgetMs}ms`]),
    ...(untilFailure ? ['failure'] : []),
  ];
  if (budget.length > 0) words.push(`--budget ${budget.join(',')}`);
  return words.join(' ');
}

function scenarioWords(flags: RunFlags, seed: number): string[] {
  const words = [`--nodes ${flags.nodes}`, `--kill ${flags.kill}`, `--seed ${seed}`];
  const add = (flag: string, value: string | number | undefined): void => {
    if (value !== undefined) words.push(`--${flag} ${value}`);
  };
  add('module', flags.module === undefined ? undefined : quoted(flags.module));
  add('scenario', flags.scenario);
  add('children', flags.children);
  if (flags.strategy !== 'one_for_one') add('strategy', flags.strategy);
  if (typeof flags.selector === 'string' && flags.selector !== 'round_robin') {
    add('selector', flags.selector);
  }
  add('duration', flags.durationMs === undefined ? undefined : `${flags.durationMs}ms`);
  add('faults', typeof flags.faults === 'string' ? flags.faults : flags.faults?.join(','));
  add('partition', flags.cutOff);
  add('heartbeat-loss', flags.heartbeatLoss);
  if (flags.restart === true) words.push('--restart');
  if (flags.exclusive === true) words.push('--exclusive');
  else if (flags.takeover === true) words.push('--takeover');
  const { latencyMs } = flags;
  add('latency', latencyMs === undefined ? undefined : `${latencyMs.min}-${latencyMs.max}`);
  if (flags.order !== 'fifo') add('order', flags.order);
  add('plant', flags.plant);
  return words;
}

/** The flags that decide how a run is made, whatever it is. */
export function outputWords({ lane, checkDeterminism, untilEvent }: OutputFlags): string[] {
  const words: string[] = [];
  if (lane !== 'worker') words.push(`--lane ${lane}`);
  if (checkDeterminism) words.push('--check-determinism');
  if (untilEvent !== undefined) words.push(`--until-event ${untilEvent}`);
  return words;
}

/** A word for a shell, quoted when it has to be. */
export function quoted(word: string): string {
  return /^[\w./:@%+,=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
