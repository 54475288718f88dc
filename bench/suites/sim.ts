import { simModule } from '../../sim/bundle.js';
import type { LaneName } from '../../sim/lanes/lane.js';
import { killScenario } from '../../sim/scenarios/kill.js';
import { simulate, type SimReport } from '../../sim/simulate.js';
import { BareHop, drainCodecHash } from '../bare/lock-step.js';
import { type Contender, duel } from '../duel.js';
import type { Suite } from '../figure.js';

/** Events a second of a cluster of five that loses two nodes, from its first event to its last. */
export const simSuite: Suite = async () => {
  const [inproc, worker] = [await simulation('inproc'), await simulation('worker')];
  const hops = new BareHop();
  const figures = [
    await duel({
      path: 'events of the in-process lane',
      ours: inproc.contender,
      bare: { path: 'a drain, our codec and SHA-256', ...bare(5000, drainCodecHash) },
      goals: [{ of: 'value', atLeast: 60_000 }],
      note: inproc.note,
      ...FEW_ROUNDS,
    }),
    await duel({
      path: 'events of the worker lane',
      ours: worker.contender,
      bare: { path: 'a bare hop to a thread and back', ...bare(2000, (hop) => hops.hop(hop)) },
      goals: [{ of: 'value', atLeast: 10_000 }],
      note: worker.note,
      ...FEW_ROUNDS,
    }),
  ];
  await hops.close();
  return figures;
};

interface Simulation {
  readonly contender: Contender;
  readonly note: string;
}

async function simulation(lane: LaneName): Promise<Simulation> {
  const { events, turns, loopMs, endedUs } = await run(lane);
  const [virtualSeconds, perTurn] = [endedUs / 1e6, events / turns];
  return {
    contender: {
      units: events,
      // Threads start before the first event; that is not counted.
      run: async () => ({ overriddenDuration: (await run(lane)).loopMs }),
    },
    note: [
      `${perTurn.toFixed(1)} events a turn`,
      `${((virtualSeconds * 1000) / loopMs).toFixed(0)} virtual seconds a second`,
    ].join(', '),
  };
}

function run(lane: LaneName): Promise<SimReport> {
  const { seed, settings, plan, latencyMs, times } = SCENARIO;
  return simulate({
    lane,
    seed,
    settings,
    plan,
    latencyMs,
    nodes: settings.nodeIds.length,
    durationMs: times.durationMs,
    program: { entry: simModule('workloads/counters') },
    keepEntries: 0,
  });
}

function bare(units: number, work: (units: number) => Promise<void>): Contender {
  return { units, run: () => work(units) };
}

const SCENARIO = killScenario(
  { nodes: 5, kill: 2, strategy: 'one_for_one', selector: 'round_robin', durationMs: 120_000 },
  1,
);
const FEW_ROUNDS = { rounds: 7, timeMs: 1 };
