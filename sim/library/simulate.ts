import { Simulation } from './simulation.js';
import { type SimulateOptions, seedsOf } from './simulation-options.js';
import type { SimulationReport } from './simulation-report.js';

/**
 * Runs a user's module on every node of a simulated cluster, and judges what came of it.
 *
 * With `seeds` there is a run for each, one after another, up to the first that does not pass,
 * whose report it gives. Both lanes, and every version of Node, give the same trace for the same
 * options. Rejects when the test is wrong (`SimulatedModuleError`, `BundleError`,
 * `SimulationOptionError`), when a turn does not end (`TurnOverrunError`), and for nothing that a
 * run found.
 */
export async function simulate(options: SimulateOptions): Promise<SimulationReport> {
  const seeds = seedsOf(options);
  return firstFailure(await Simulation.load(options), seeds);
}

/** Runs `seeds` up to the first that does not pass; its report, or the last one. */
export async function firstFailure(
  simulation: Simulation,
  seeds: readonly number[],
): Promise<SimulationReport> {
  let last: SimulationReport | undefined;
  for (const seed of seeds) {
    last = await simulation.run(seed);
    if (!last.passed) break;
  }
  // There is a seed, so there is a report.
  return last as SimulationReport;
}
