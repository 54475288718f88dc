import { compareCodeUnits } from '../base/compare.js';

/** The version of each behaviour that a node has registered; `undefined` for one without. */
export type BehaviorVersions = ReadonlyMap<string, string | undefined>;

/** A behaviour that two nodes registered in different versions; `undefined` is unversioned. */
export interface BehaviorMismatch {
  readonly behavior: string;
  readonly here: string | undefined;
  readonly there: string | undefined;
}

/** Where two nodes differ, by name. What only one of them registered is no difference. */
export function mismatchesOf(here: BehaviorVersions, there: BehaviorVersions): BehaviorMismatch[] {
  return [...here]
    .filter(([name, version]) => there.has(name) && there.get(name) !== version)
    .sort(([left], [right]) => compareCodeUnits(left, right))
    .map(([behavior, version]) => ({ behavior, here: version, there: there.get(behavior) }));
}

/** The versions as they cross. */
export function versionList(versions: BehaviorVersions): unknown {
  return [...versions];
}

/** Reads what {@link versionList} made; `undefined` when it is none. */
export function readVersionList(value: unknown): BehaviorVersions | undefined {
  if (!Array.isArray(value) || !value.every(isVersion)) return undefined;
  return new Map(value);
}

/** The mismatches as one short text, for a log line. */
export function mismatchText(mismatches: readonly BehaviorMismatch[]): string {
  return mismatches
    .map(({ behavior, here, there }) => `${behavior} (here ${text(here)}, there ${text(there)})`)
    .join(', ');
}

function isVersion(entry: unknown): entry is [name: string, version: string | undefined] {
  if (!Array.isArray(entry) || entry.length !== 2) return false;
  const [name, version] = entry as unknown[];
  return typeof name === 'string' && (version === undefined || typeof version === 'string');
}

function text(version: string | undefined): string {
  return version ?? 'unversioned';
}
