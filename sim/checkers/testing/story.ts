import type { Observed } from '../../world-report.js';
import type { Checker, Violation } from '../checker.js';
import type { Fact, StrategyWord } from '../fact.js';

/** When, on which node, what: a small log written by hand. */
export type Line = readonly [atMs: number, node: number, fact: Fact | WorldFact, life?: number];

type WorldFact = { readonly kind: `world_${string}`; readonly detail?: unknown };

/** The index under which the world notes what is about no node in particular. */
export const NETWORK = 0xffff;

/** The id of a node, and of the n-th process of its first life. */
export const nodeId = (node: number): string => `n${node}`;
export const processOn = (node: number, n = 1, life = 1): string =>
  `genserver_n${node}_${life}_${n}`;

/** Processes that live from the start, one on each node, and more of them if asked for. */
export function spawned(nodes: number, each = 1): Line[] {
  return Array.from({ length: nodes * each }, (_, at): Line => {
    const [node, n] = [at % nodes, 1 + Math.floor(at / nodes)];
    return [0, node, { kind: 'spawned', id: processOn(node, n) }];
  });
}

/** A note of the world about a node, or about the network. */
export function world(
  atMs: number,
  node: number,
  kind: string,
  detail: object = {},
  life = 1,
): Line {
  return [atMs, node, { kind: `world_${kind}`, detail }, life];
}
export const SUPERVISOR = 'dsup_node1@h:1_1_1';

/** What the checker has to say of a log that ends after ten seconds, unless told otherwise. */
export function judge(
  checker: Checker,
  lines: readonly Line[],
  endedMs = 10_000,
): Violation | undefined {
  for (const [event, [atMs, node, observation, incarnation = 1]] of lines.entries()) {
    const atUs = atMs * 1000;
    const observed = { event, atUs, node, incarnation, observation } as unknown as Observed;
    const violation = checker.observe(observed);
    if (violation !== undefined) return violation;
  }
  return checker.finish?.(endedMs * 1000);
}

export function supervising(
  atMs: number,
  strategy: StrategyWord,
  children: readonly string[],
  maxRestarts = 3,
): Line[] {
  return [
    ...children.flatMap((child, at) => up(atMs, child, at + 1)),
    [
      atMs,
      0,
      {
        kind: 'supervising',
        supervisorId: SUPERVISOR,
        strategy,
        restartIntensity: { maxRestarts, withinMs: 1000 },
        children: children.map((childId) => ({ childId, nodeId: 'node1@h:1' })),
      },
    ],
  ];
}

type Step = 'child_failed' | 'child_stop' | 'child_abandoned' | 'child_held';

export function step(atMs: number, kind: Step, childId: string, sequence = 0): Line {
  return [atMs, 0, { kind, supervisorId: SUPERVISOR, childId, sequence }];
}

export function asked(atMs: number, childId: string, sequence: number): Line {
  const fact = { supervisorId: SUPERVISOR, childId, sequence, nodeId: 'node1@h:1' };
  return [atMs, 0, { kind: 'child_start', ...fact }];
}

export function acknowledged(atMs: number, childId: string, sequence: number): Line {
  const processId = processOf(childId, sequence);
  const fact = { supervisorId: SUPERVISOR, childId, sequence, nodeId: 'node1@h:1', processId };
  return [atMs, 0, { kind: 'child_started', ...fact }];
}

/** Asked for and acknowledged. */
export function up(atMs: number, childId: string, sequence: number): Line[] {
  return [asked(atMs, childId, sequence), acknowledged(atMs, childId, sequence)];
}

export function ended(atMs: number, childId: string, reason = 'error: boom'): Line {
  const fact = { supervisorId: SUPERVISOR, childId, sequence: 0, reason };
  return [atMs, 0, { kind: 'child_ended', ...fact }];
}

export function lost(atMs: number, childIds: readonly string[]): Line {
  const fact = { supervisorId: SUPERVISOR, nodeId: 'node2@h:1', childIds, sequences: [] };
  return [atMs, 0, { kind: 'children_lost', ...fact }];
}

export function over(atMs: number, cause: string): Line {
  return [atMs, 0, { kind: 'supervisor_ended', supervisorId: SUPERVISOR, cause }];
}

/** The report with which a supervisor begins to give up. */
export function givingUp(atMs: number, childId: string): Line {
  return [atMs, 0, { kind: 'report', supervisorId: SUPERVISOR, context: 'shutdown', childId }];
}

/** What the host at `node` says of a child. */
export function hosted(
  atMs: number,
  node: number,
  kind: 'fenced_started' | 'fenced_ended',
  childId: string,
  sequence: number,
): Line {
  const processId = processOf(childId, sequence);
  const fence = { term: 1, ownerId: SUPERVISOR, ownerNode: 'n1', ownerIncarnation: '1', sequence };
  return [atMs, node, { kind, childId, ...fence, processId }];
}

export function processOf(childId: string, sequence: number): string {
  return `genserver_${childId}_${sequence}`;
}
