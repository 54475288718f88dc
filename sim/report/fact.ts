import type { Observed } from '../world-report.js';

/** A field of an observation that is a text. Observations of one kind have the same fields. */
export function textOf({ observation }: Observed, field: string): string {
  const value = observation[field];
  return typeof value === 'string' ? value : '';
}

export function listOf<T>({ observation }: Observed, field: string): readonly T[] {
  const value = observation[field];
  return Array.isArray(value) ? (value as T[]) : [];
}

/** Whether a node died here, by the plan or of itself. */
export function isCrash({ observation }: Observed): boolean {
  return observation.kind === 'world_crash' || observation.kind === 'world_failed';
}
