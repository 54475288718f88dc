import type { Violation } from '../checkers/checker.js';
import type { Plan } from '../plan.js';
import type { Observed } from '../world-report.js';

/**
 * A promise of the module under test, judged once a run is over: says what is broken, or nothing.
 * An exception counts as broken as well, so the assertions of a test framework may be used in it.
 */
export type Invariant = (run: ObservedRun) => string | undefined;

/** Makes a fresh check for one run: it is shown what nodes tell, in order. */
export type AlwaysCheck = () => (told: Told) => string | undefined;

/** What is known of a run when it is over. */
export interface ObservedRun {
  readonly seed: number;
  readonly plan: Plan;
  /** The ids of the nodes, by index. */
  readonly nodes: readonly string[];
  readonly endedMs: number;
  /** Everything that the module's nodes told, in order, or what they told under one name. */
  told<Data = Readonly<Record<string, unknown>>>(what?: string): readonly Told<Data>[];
  /** The scheduler's whole log: processes, calls, restarts and faults as well. */
  readonly observed: readonly Observed[];
}

/** Something that a node told by `node.observe(what, data)`. */
export interface Told<Data = Readonly<Record<string, unknown>>> {
  readonly what: string;
  readonly data: Data;
  readonly atMs: number;
  /** Index of the node. */
  readonly node: number;
  readonly life: number;
  /** Its place in the trace. */
  readonly event: number;
}

export interface Invariants {
  readonly invariants: Readonly<Record<string, Invariant>>;
  readonly always: Readonly<Record<string, AlwaysCheck>>;
}

/** The kind that an observation of the module has in the trace: apart from the simulator's own. */
export function toldKind(what: string): string {
  return TOLD + what;
}

/** The log of a run as invariants see it. */
export function observedRun(
  run: Pick<ObservedRun, 'seed' | 'plan' | 'nodes' | 'endedMs' | 'observed'>,
): ObservedRun {
  const all = run.observed.flatMap(toldOf);
  return {
    ...run,
    told: <Data>(what?: string) =>
      (what === undefined ? all : all.filter((told) => told.what === what)) as Told<Data>[],
  };
}

/** Every promise that the run broke, the ones of single moments first. */
export function brokenIn(run: ObservedRun, { always, invariants }: Invariants): Violation[] {
  return [
    ...Object.entries(always).flatMap(([name, make]) => brokenMoment(run, name, make)),
    ...Object.entries(invariants).flatMap(([name, invariant]) => {
      const message = verdictOf(() => invariant(run));
      if (message === undefined) return [];
      const { event = 0 } = run.observed.at(-1) ?? {};
      return [{ checker: name, message, event, atUs: run.endedMs * 1000 }];
    }),
  ];
}

function brokenMoment(run: ObservedRun, name: string, make: AlwaysCheck): Violation[] {
  const check = make();
  for (const told of run.told()) {
    const message = verdictOf(() => check(told));
    if (message === undefined) continue;
    return [{ checker: name, message, event: told.event, atUs: Math.round(told.atMs * 1000) }];
  }
  return [];
}

function verdictOf(judge: () => string | undefined): string | undefined {
  try {
    return judge();
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function toldOf({ atUs, node, incarnation, event, observation }: Observed): Told[] {
  if (!observation.kind.startsWith(TOLD)) return [];
  const what = observation.kind.slice(TOLD.length);
  const data = observation['data'] as Told['data'];
  return [{ what, data, atMs: atUs / 1000, node, life: incarnation, event }];
}

const TOLD = 'told:';
