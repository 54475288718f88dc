import type { Observation } from '../turn.js';
import type { Observed } from '../world-report.js';

/** What happened, when and at which node: a run in short, for tests. */
export type StoryStep = readonly [
  atMs: number,
  node: number,
  kind: string,
  fields?: Readonly<Record<string, unknown>>,
];

export function story(...steps: readonly StoryStep[]): Observed[] {
  return steps.map(([atMs, node, kind, fields], event) => {
    const observation: Observation = { ...fields, kind };
    return { event, atUs: atMs * 1000, node, incarnation: 1, observation };
  });
}
