import type { LaneName } from '../../sim/lanes/lane.js';
import { BareHandOver, drainCodecHash } from '../bare/lock-step.js';
import { type Contender, duel } from '../duel.js';
import type { Figure, Suite } from '../figure.js';
import { cluster, type ClusterOptions, runCluster } from './simulated-cluster.js';

/** A cluster of five that loses two nodes, from its first event to its last. */
export const simSuite: Suite = async () => {
  const drain = { path: 'a drain, our codec and SHA-256', ...bare(5000, drainCodecHash) };
  const bareThread = new BareHandOver();
  const turns = bare(5000, (times) => bareThread.handOver(times));
  const handOver = { path: 'a bare hand-over to a thread and back', ...turns };
  const inproc = await simulation('inproc', BUSY);
  const worker = await simulation('worker', BUSY);
  const calm = await simulation('worker', CALM);
  const figures = [
    await duel({
      path: 'events of the in-process lane',
      ...inproc,
      bare: drain,
      goals: [{ of: 'value', atLeast: 100_000 }],
      ...FEW_ROUNDS,
    }),
    await duel({
      path: 'events of the worker lane',
      ...worker,
      bare: handOver,
      goals: [{ of: 'value', atLeast: 20_000 }],
      ...FEW_ROUNDS,
    }),
    virtualSeconds(await duel({ path: 'a calm cluster', ...calm, bare: handOver, ...FEW_ROUNDS })),
  ];
  await bareThread.close();
  return figures;
};

/** How many virtual seconds pass in one, if each holds as many events as the goal says. */
function virtualSeconds({ value, note = '' }: Figure): Figure {
  return {
    path: 'virtual seconds in a second, worker lane',
    unit: 'times',
    value: value / EVENTS_PER_VIRTUAL_SECOND,
    goals: [{ of: 'value', atLeast: 100 }],
    note: `at ${EVENTS_PER_VIRTUAL_SECOND} events each; measured with ${note}`,
  };
}

interface Simulation {
  readonly ours: Contender;
  readonly note: string;
}

async function simulation(lane: LaneName, options: ClusterOptions): Promise<Simulation> {
  const scenario = cluster(options);
  // Threads stay for the next run: this one alone has to learn the program's code.
  const { events, turns, endedUs, loopMs } = await runCluster(lane, scenario);
  const perTurn = (events / turns).toFixed(1);
  const cold = `${(events / loopMs).toFixed(1)} k/s in the first run`;
  return {
    ours: {
      units: events,
      // Threads start before the first event; that is not counted.
      run: async () => ({ overriddenDuration: (await runCluster(lane, scenario)).loopMs }),
    },
    note:
      `${((events * 1e6) / endedUs).toFixed(0)} events a virtual second, ${perTurn} a turn; ` +
      cold,
  };
}

function bare(units: number, work: (units: number) => unknown): Contender {
  return { units, run: () => work(units) };
}

const BUSY = { nodes: 5, kill: 2, durationMs: 120_000, loadShare: 1 };
// A third of the calls and casts, for three times as long.
const CALM = { nodes: 5, kill: 2, durationMs: 360_000, loadShare: 1 / 3 };
const EVENTS_PER_VIRTUAL_SECOND = 150;
const FEW_ROUNDS = { rounds: 7, timeMs: 1 };
