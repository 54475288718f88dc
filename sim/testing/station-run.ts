import { simModule } from '../bundle.js';
import type { Fault, Heal, Operation } from '../plan.js';
import { nodeSpec, simulate, type SimOptions, type SimReport } from '../simulate.js';
import type { StationOperation, StationSettings } from './station.js';

export interface StationRun {
  readonly nodes?: number;
  readonly faults?: readonly Fault[];
  readonly heal?: Heal;
  readonly operations?: readonly (Operation & { readonly operation: StationOperation })[];
  readonly settings?: Partial<StationSettings>;
  readonly options?: Partial<SimOptions>;
}

/** Runs stations, two unless told otherwise; each dials those after it. */
export function runStations(run: StationRun): Promise<SimReport> {
  const { nodes = 2, faults = [], heal, operations = [], settings, options } = run;
  const stations = Array.from({ length: nodes }, (_, at) => nodeSpec(at, undefined).address);
  return simulate({
    program: { entry: simModule('testing/station') },
    lane: 'inproc',
    nodes,
    settings: { stations, ...settings },
    plan: { faults, operations, ...(heal === undefined ? {} : { heal }) },
    durationMs: 5000,
    keepEntries: Infinity,
    ...options,
  });
}

/** What a node told, in short: the kind, and what else there is in the order of its fields. */
export function toldBy(report: SimReport, node: number): string[] {
  return report.observed
    .filter((observed) => observed.node === node)
    .map(({ observation: { kind, ...rest } }) => [kind, ...Object.values(rest)].join(' '))
    .filter((told) => !told.startsWith('world_'));
}

/** The notes of the world, with their details. */
export function notesOf(report: SimReport): (readonly [kind: string, detail: unknown])[] {
  return report.observed.flatMap(({ observation: { kind, detail } }) =>
    kind.startsWith('world_') ? [[kind.slice('world_'.length), detail] as const] : [],
  );
}
