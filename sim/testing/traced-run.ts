import { simModule } from '../bundle.js';
import { checkerFactories } from '../checkers/all.js';
import type { Fault } from '../plan.js';
import { summaryOf } from '../report/summary.js';
import type { TracedRun } from '../report/trace-file.js';
import { killScenario } from '../scenarios/kill.js';
import { simulate } from '../simulate.js';

/** A short run of the usual workload with every entry kept, and faults besides the kills. */
export async function tracedRun(options: {
  readonly nodes: number;
  readonly kill: number;
  readonly faults?: readonly Fault[];
}): Promise<TracedRun> {
  const { nodes, kill, faults = [] } = options;
  const asked = { nodes, kill, strategy: 'one_for_one', selector: 'round_robin' } as const;
  const drawn = killScenario({ ...asked, durationMs: 16_000 }, SEED);
  const plan = { ...drawn.plan, faults: [...drawn.plan.faults, ...faults] };
  const scenario = { ...drawn, plan };
  const { settings, times, latencyMs } = scenario;
  const report = await simulate({
    seed: SEED,
    lane: 'inproc',
    nodes: settings.nodeIds.length,
    settings,
    plan,
    latencyMs,
    durationMs: times.durationMs,
    program: { entry: simModule('workloads/counters') },
    keepEntries: Infinity,
    checkers: Object.keys(checkerFactories),
  });
  const replay = `npm run -s sim -- --nodes ${nodes} --kill ${kill} --seed ${SEED}`;
  return { report, scenario, summary: summaryOf(report, scenario), replay };
}

const SEED = 7;
