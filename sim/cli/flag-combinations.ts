import type { Given } from './flag-tokens.js';
import type { FlagName } from './flags.js';
import { UsageError } from './usage-error.js';

/**
 * Refuses flags that make no sense together; the error says what to do. Values are not
 * looked at further than needed.
 */
export function checkCombinations(given: Given): void {
  for (const { flag, others, why } of EXCLUSIONS) {
    const other = given.has(flag) ? others.find((name) => given.has(name)) : undefined;
    if (other !== undefined) throw new UsageError(`--${flag} goes without --${other}: ${why}`);
  }
  checkSearch(given);
  checkNodes(given);
}

function checkSearch(given: Given): void {
  const isSearch = given.has('runs') || given.has('budget');
  if (given.has('jobs') && !isSearch) {
    throw new UsageError('--jobs spreads many runs over the cores: say how many with --runs');
  }
  if (!given.has('runs') && given.get('budget') === 'failure' && !given.has('replay')) {
    throw new UsageError('--budget failure alone may never end: add --runs, or a time to it');
  }
  const lane = given.get('lane') ?? 'inproc';
  const isSlow = lane !== 'inproc' || given.has('check-determinism');
  if (isSearch && isSlow && (given.get('jobs') ?? '1') !== '1') {
    throw new UsageError(
      '--jobs needs --lane inproc, where a run is one thread: leave --jobs out, or --lane and ' +
        '--check-determinism',
    );
  }
}

function checkNodes(given: Given): void {
  if (given.get('nodes') === '1') {
    const flag = BETWEEN_NODES.find((name) => given.has(name));
    if (flag !== undefined)
      throw new UsageError(`--${flag} needs two nodes or more: raise --nodes`);
  }
  const isKilling = given.has('faults') || given.has('scenario') || given.get('kill') !== '0';
  const nodes = Number(given.get('nodes') ?? 5);
  const kill = Number(given.get('kill') ?? 0);
  const most = Math.ceil(nodes / 2) - 1;
  if (given.has('exclusive') && !given.has('restart') && kill > most) {
    throw new UsageError(
      '--exclusive expects most of the nodes to be left, to agree on who may go on: at most ' +
        `${most} of ${nodes} can be killed for good, got --kill ${kill}; lower --kill, or add ` +
        '--restart',
    );
  }
  if (given.has('restart') && !isKilling) {
    throw new UsageError('--restart brings back nodes that were killed: raise --kill');
  }
}

interface Exclusion {
  readonly flag: FlagName;
  readonly others: readonly FlagName[];
  readonly why: string;
}

const EXCLUSIONS: readonly Exclusion[] = [
  {
    flag: 'module',
    others: [
      ...(['children', 'strategy', 'selector', 'scenario', 'order', 'plant'] as const),
      ...(['takeover', 'exclusive'] as const),
      ...(['jobs', 'trace', 'until-event'] as const),
    ],
    why: 'the module says what runs; its own test can do more, with simulate of faultline/sim',
  },
  {
    flag: 'replay',
    others: [
      ...(['nodes', 'children', 'strategy', 'selector', 'module', 'seed', 'duration'] as const),
      ...(['scenario', 'kill', 'restart', 'partition', 'heartbeat-loss', 'latency'] as const),
      ...(['faults', 'order', 'plant', 'runs', 'jobs', 'budget', 'shrink'] as const),
      ...(['takeover', 'exclusive'] as const),
    ],
    why: 'the file says everything about its run',
  },
  {
    flag: 'trace',
    others: ['runs', 'budget'],
    why: 'it draws one run; give it the --seed of one',
  },
  {
    flag: 'until-event',
    others: ['runs', 'budget', 'shrink'],
    why: 'it looks into one run; give it the --seed of one',
  },
];
const BETWEEN_NODES: readonly FlagName[] = ['partition', 'heartbeat-loss', 'faults', 'scenario'];
