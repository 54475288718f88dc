import { FaultlineError } from '../../src/base/errors.js';
import { type Failure, type FindOptions, findFailure } from './failure.js';

/** A simulated module broke a promise. The message holds the seed, its replay and the plan. */
export class SimulationFailedError extends FaultlineError {
  static readonly code = 'ERR_SIMULATION_FAILED';
  override readonly name = 'SimulationFailedError';
  readonly code = SimulationFailedError.code;
  readonly seed: number;
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.toString());
    this.seed = failure.report.seed;
    // An assertion's reader gets the message; the whole log of a run would bury it.
    this.failure = failure;
    Object.defineProperty(this, 'failure', { enumerable: false });
  }
}

/**
 * The body of a test: runs every seed, 1 to 100 unless others are asked for, and rejects with
 * {@link SimulationFailedError} at the first one that breaks a promise, shrunk and explained.
 *
 * The variable FAULTLINE_SIM_SEED runs one seed in their place, so a failure that a build server
 * reported is made again without a change to the test.
 */
export async function simulated(options: FindOptions): Promise<void> {
  const failure = await findFailure(withSeeds(options));
  if (failure !== undefined) throw new SimulationFailedError(failure);
}

/** The options with the seeds that are to be run. */
export function withSeeds(options: FindOptions): FindOptions {
  const { seed, seeds, ...rest } = options;
  const asked = process.env['FAULTLINE_SIM_SEED'];
  if (asked !== undefined && /^\d+$/.test(asked)) return { ...rest, seed: Number(asked) };
  if (seed !== undefined || seeds !== undefined) return options;
  return { ...rest, seeds: SEEDS };
}

const SEEDS = 100;
