import fc from 'fast-check';
import { checkerFactories } from '../../sim/checkers/all.js';
import type { Anchor, Fault } from '../../sim/plan.js';
import { plantedBugs, type PlantedBugName } from '../../sim/planted/all.js';
import { crashOf, staged, type Stage } from '../../sim/planted/stage.js';
import { boundariesOf } from '../../sim/scenarios/boundaries.js';
import { type SimReport, simulate } from '../../sim/simulate.js';

/** What begins a restart, and who is lost in the middle of it. */
export interface RestartUnderFire {
  readonly nodes: number;
  readonly children: number;
  /** A child crashes, or the first lost node goes. */
  readonly first: 'child' | 'node';
  readonly child: number;
  /** A host other than the first one, whose node has the supervisor. */
  readonly second: number;
  readonly mode: 'closes' | 'silent';
  readonly seed: number;
}

export const restartsUnderFire: fc.Arbitrary<RestartUnderFire> = fc
  .record({
    nodes: fc.constantFrom(3, 4),
    children: fc.integer({ min: 4, max: 6 }),
    first: fc.constantFrom('child', 'node'),
    child: fc.integer({ min: 1, max: 3 }),
    second: fc.nat({ max: 1 }),
    mode: fc.constantFrom('closes', 'silent'),
    seed: fc.nat({ max: 1_000_000 }),
  })
  .map(({ second, ...rest }) => ({ ...rest, second: rest.nodes - 1 - second }));

/**
 * Begins a restart under `rest_for_one`, and loses a second node at each boundary between two
 * messages of the supervisor's node, one run for each. The first thing that is wrong.
 */
export async function walkSecondCrash(
  fire: RestartUnderFire,
  planted?: PlantedBugName,
): Promise<string | undefined> {
  const whole = await run(fire, undefined, planted);
  const wrong = objectionTo(whole);
  if (wrong !== undefined) return `without a second crash: ${wrong}`;
  const span = { node: 0, fromMs: FIRST_MS, untilMs: FIRST_MS + 500 };
  const boundaries = boundariesOf(whole, span);
  if (boundaries.length < 4) return `only ${boundaries.length} messages to walk along`;
  // Two at a time: there are as many cores.
  for (let k = 0; k < boundaries.length; k += 2) {
    const pair = boundaries.slice(k, k + 2);
    const reports = await Promise.all(pair.map((after) => run(fire, after, planted)));
    const objections = reports.map((report) => objectionTo(report));
    const at = objections.findIndex((objection) => objection !== undefined);
    if (at >= 0) return `at ${JSON.stringify(pair[at])}: ${objections[at] as string}`;
  }
  return undefined;
}

function run(
  fire: RestartUnderFire,
  after: Anchor | undefined,
  planted: PlantedBugName | undefined,
): Promise<SimReport> {
  const { nodes, children, first, child, second, mode, seed } = fire;
  const loss: Fault = { kind: 'crash', node: 1, mode: 'closes', atMs: FIRST_MS };
  const faults: Fault[] = first === 'node' ? [loss] : [];
  if (after !== undefined) faults.push({ kind: 'crash', node: second, mode, after });
  const operations = first === 'child' ? [crashOf(child, FIRST_MS)] : [];
  const stage: Stage = { nodes, children, strategy: 'rest_for_one', durationMs: DURATION_MS };
  const options = staged(stage);
  // No trickle of calls: the messages are those of the restart.
  const plan = { faults, operations };
  const alias = planted === undefined ? {} : plantedBugs[planted].alias;
  const keepEntries = after === undefined ? Infinity : 0;
  const program = { ...options.program, alias };
  return simulate({ ...options, plan, program, checkers, keepEntries, seed, lane: 'inproc' });
}

function objectionTo({ violation, failures }: SimReport): string | undefined {
  if (violation !== undefined) return violation.message;
  return failures.length === 0 ? undefined : JSON.stringify(failures);
}

const checkers = Object.keys(checkerFactories).filter((id) => !['L8', 'L2', 'L3'].includes(id));
const FIRST_MS = 1500;
// Long enough for silence to be noticed, and for all to be where it stays.
const DURATION_MS = 13_000;
