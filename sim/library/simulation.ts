import { checkerFactories } from '../checkers/all.js';
import type { Plan } from '../plan.js';
import type { NodeSpec } from '../run-config.js';
import { simulate as runPrograms } from '../simulate.js';
import type { Invariants } from './invariant.js';
import { type LoadedModule, loadModule } from './module-bundle.js';
import type { ModuleSettings } from './module-node.js';
import { nodesOf, paceOf, type SimulateOptions, type Span, spanOf } from './simulation-options.js';
import { planOf, withLastWords } from './simulation-plan.js';
import { reportOf, type SimulationReport } from './simulation-report.js';

/**
 * A module under test, loaded, with everything about its runs but their seeds and plans. Each run
 * is independent of those before it.
 */
export class Simulation {
  readonly options: SimulateOptions;
  readonly span: Span;
  readonly #module: LoadedModule;
  readonly #nodes: readonly NodeSpec[];
  readonly #checkers: readonly string[];

  private constructor(options: SimulateOptions, module: LoadedModule) {
    this.options = options;
    this.#module = module;
    this.#nodes = nodesOf(options).map((node) => ({ ...node, program: undefined }));
    this.span = spanOf(options, this.#nodes.length);
    this.#checkers =
      options.checkers ?? GENERAL.filter((id) => Object.hasOwn(checkerFactories, id));
  }

  /**
   * Loads the module. Rejects with `SimulatedModuleError`, `BundleError` or
   * `SimulationOptionError`: with what is wrong about the test, never with what a run found.
   */
  static async load(options: SimulateOptions): Promise<Simulation> {
    return new Simulation(options, await loadModule(options.module));
  }

  get nodeIds(): readonly string[] {
    return this.#nodes.map(({ id }) => id);
  }

  /** Draws the plan of a seed. */
  planOf(seed: number): Plan {
    return planOf(this.options, this.#module.exports, { seed, span: this.span });
  }

  /** Runs `plan`, whether it was drawn from `seed` or made smaller since. */
  async run(seed: number, plan: Plan = this.planOf(seed)): Promise<SimulationReport> {
    const { lane = 'inproc', latencyMs, keepEntries = 0, signal } = this.options;
    const settings = this.#settings();
    const sim = await runPrograms({
      seed,
      lane,
      nodes: this.#nodes.map((node) => ({ ...node, program: settings })),
      program: this.#module.program,
      plan: withLastWords(plan, this.span),
      durationMs: this.span.durationMs,
      checkers: this.#checkers,
      keepEntries,
      ...(latencyMs === undefined ? {} : { latencyMs }),
      ...(signal === undefined ? {} : { signal }),
    });
    return reportOf(sim, { plan, nodes: this.nodeIds, promises: this.#promises() });
  }

  #settings(): ModuleSettings {
    const { settings } = this.options;
    return {
      nodeIds: this.nodeIds,
      ...paceOf(this.options),
      ...(settings === undefined ? {} : { settings }),
    };
  }

  #promises(): Invariants {
    const { exports } = this.#module;
    return {
      always: { ...exports.always, ...this.options.always },
      invariants: { ...exports.invariants, ...this.options.invariants },
    };
  }
}

// What the product promises to any program. The others need to be told which children there have
// to be, or are judged by words that only the simulator's own workload says.
const GENERAL = ['S3', 'S6', 'S7', 'S8', 'S9', 'S10', 'L2', 'L3'];
