import type { Observed } from '../world-report.js';

/** Watches one run for something that a good search sees now and then. */
export interface Detector {
  /** How often it was seen so far. */
  readonly seen: number;
  /** Called for everything observed, in order. */
  observe(observed: Observed): void;
}

/** What detectors have to know of a run beforehand. */
export interface DetectorOptions {
  /** How long a node has to be silent to be given up. */
  readonly failureTimeoutUs: number;
}

/** A row of the table: makes a fresh detector for one run. */
export interface Sometimes {
  readonly id: string;
  readonly title: string;
  readonly detect: (options: DetectorOptions) => Detector;
}

/** Whether nodes are kept apart from here on. */
export function isPartition({ observation }: Observed): boolean {
  return PARTITIONS.has(observation.kind.slice('world_'.length)) && isNote(observation.kind);
}

/** Whether nodes that were kept apart are not any longer. */
export function isHealOfPartition({ observation }: Observed): boolean {
  if (observation.kind !== 'world_heal') return false;
  const { kind = '' } = (observation['detail'] ?? {}) as { kind?: string };
  return PARTITIONS.has(kind);
}

/** Whether a node's process is gone, for whatever reason. */
export function isLoss({ observation: { kind } }: Observed): boolean {
  return kind === 'world_crash' || kind === 'world_failed';
}

function isNote(kind: string): boolean {
  return kind.startsWith('world_');
}

const PARTITIONS: ReadonlySet<string> = new Set(['partition', 'one-way', 'cut', 'flap']);
