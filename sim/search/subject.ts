import { simModule } from '../bundle.js';
import { checkerFactories } from '../checkers/all.js';
import { type PlantedBug, plantedBugs } from '../planted/all.js';
import type { Scenario } from '../scenarios/scenario.js';
import type { SimOptions } from '../simulate.js';

/** What a run is made of before a lane is chosen: the world, and what its nodes run. */
export interface Subject {
  readonly scenario: Scenario;
  /** The planted bug in the nodes' program. */
  readonly plant?: string | undefined;
}

/** The subject as a run, watched by every checker. */
export function simOptionsOf(subject: Subject): SimOptions {
  const { seed, settings, plan, times, latencyMs, turnOrder, bufferBytes } = subject.scenario;
  return {
    seed,
    nodes: settings.nodeIds.length,
    settings,
    plan,
    latencyMs,
    durationMs: times.durationMs,
    ...(turnOrder === undefined ? {} : { turnOrder }),
    ...(bufferBytes === undefined ? {} : { bufferBytes }),
    program: programOf(subject.plant),
    checkers: Object.keys(checkerFactories),
  };
}

/** What the nodes run. */
export function programOf(plant: string | undefined): SimOptions['program'] {
  const alias = plant === undefined ? {} : (plantedBug(plant)?.alias ?? {});
  return { entry: simModule('workloads/counters'), alias };
}

/** The names of the planted bugs. */
export function plantNames(): string[] {
  return Object.keys(plantedBugs);
}

export function plantedBug(name: string): PlantedBug | undefined {
  const bugs: Readonly<Record<string, PlantedBug>> = plantedBugs;
  return Object.hasOwn(bugs, name) ? bugs[name] : undefined;
}
