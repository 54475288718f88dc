import { Bench } from 'tinybench';
import type { Bare, Figure, Goal } from './figure.js';
import { median } from './median.js';

/** One side of a comparison. */
export interface Contender {
  /** How many of the things that are counted one `run` does. */
  readonly units: number;
  /** May be asynchronous, and may give its duration as `{ overriddenDuration }` in milliseconds. */
  run(): unknown;
}

export interface DuelOptions {
  readonly path: string;
  readonly ours: Contender;
  readonly bare: Contender & Pick<Bare, 'path'>;
  readonly goals?: readonly Goal[];
  readonly note?: string;
  /** Counted rounds; those that warm up come before them. */
  readonly rounds?: number;
  /** For one side in one round. */
  readonly timeMs?: number;
  /**
   * `processor` for work that never waits: the time that this process was given, whoever else was
   * busy on the machine. `wall` by default.
   */
  readonly clock?: 'wall' | 'processor';
}

/**
 * Measures both sides in turn, round after round, so that whatever slows the machine down slows
 * both. The ratio is the median of the rounds' own ratios.
 */
export async function duel(options: DuelOptions): Promise<Figure> {
  const { path, ours, bare, goals, note, rounds = 15 } = options;
  const results: Round[] = [];
  for (let round = 0; round < WARMING_ROUNDS + rounds; round++) {
    const result = await playRound(options, round % 2 === 0);
    if (round >= WARMING_ROUNDS) results.push(result);
  }
  return {
    path,
    unit: '/s',
    value: median(results.map((round) => round.ours)) * ours.units,
    bare: { path: bare.path, value: median(results.map((round) => round.bare)) * bare.units },
    ratio: median(results.map((round) => (round.ours * ours.units) / (round.bare * bare.units))),
    ...(goals === undefined ? {} : { goals }),
    ...(note === undefined ? {} : { note }),
  };
}

/** Runs per second. */
interface Round {
  readonly ours: number;
  readonly bare: number;
}

async function playRound(
  { ours, bare, timeMs = 60, clock = 'wall' }: DuelOptions,
  oursFirst: boolean,
): Promise<Round> {
  const now = clock === 'wall' ? () => performance.now() : processorMs;
  const bench = new Bench({ time: timeMs, iterations: 1, warmup: false, throws: true, now });
  if (oursFirst) bench.add('ours', () => ours.run(), ASYNC);
  bench.add('bare', () => bare.run(), ASYNC);
  if (!oursFirst) bench.add('ours', () => ours.run(), ASYNC);
  await bench.run();
  return { ours: runsPerSecond(bench, 'ours'), bare: runsPerSecond(bench, 'bare') };
}

// From the mean: what a collection of garbage costs belongs to the runs that made the garbage.
function runsPerSecond(bench: Bench, name: string): number {
  const result = bench.getTask(name)?.result;
  if (result?.state !== 'completed') throw new Error(`${name} was not measured`);
  return 1000 / result.latency.mean;
}

/** Milliseconds of processor time that this process took so far, all of its threads together. */
export function processorMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

// Told, or else each is run once more to find out.
const ASYNC = { async: true };
const WARMING_ROUNDS = 3;
