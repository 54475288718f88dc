import { simModule } from '../bundle.js';
import { type Fault, type Operation, type Plan } from '../plan.js';
import { nodeSpec, type SimOptions } from '../simulate.js';
import type {
  ChildSetting,
  CounterOperation,
  CountersSettings,
} from '../workloads/counters-settings.js';

/** What a small run of the counters is made of; the rest is as in {@link staged}. */
export interface Stage {
  readonly nodes?: number;
  readonly children?: number;
  readonly strategy?: CountersSettings['supervisor']['strategy'];
  readonly selector?: CountersSettings['supervisor']['selector'];
  readonly exclusive?: boolean;
  readonly maxRestarts?: number;
  readonly withinMs?: number;
  readonly takeover?: CountersSettings['supervisor']['takeover'];
  /** What is particular to some children, by id. */
  readonly childSettings?: Readonly<Record<string, Partial<ChildSetting>>>;
  readonly faults?: readonly Fault[];
  /** Besides the calls and casts that go on all the time. */
  readonly operations?: readonly StagedOperation[];
  readonly durationMs?: number;
}

export interface StagedOperation extends Operation {
  readonly operation: CounterOperation;
}

/**
 * A run of the counters: three nodes with six children, a trickle of calls and casts until shortly
 * before the end, and then every node's last word.
 */
export function staged(stage: Stage): SimOptions {
  const { nodes = 3, durationMs = 10_000, faults = [], operations = [] } = stage;
  const all = [...trickle(stage), ...operations, ...lastWords(stage)];
  const plan: Plan = { faults, operations: all };
  return { nodes, settings: settingsOf(stage), plan, durationMs, program: counters };
}

/** A call that ends the child instead of counting. */
export function crashOf(child: number, atMs: number, node = 0): StagedOperation {
  // Far away from the numbers of the trickle.
  const op = 1_000_000 + Math.round(atMs);
  return { node, atMs, operation: { kind: 'call', child: `counter-${child}`, op, end: 'crash' } };
}

/** Something for a node to do. */
export function operationAt(
  node: number,
  atMs: number,
  operation: CounterOperation,
): StagedOperation {
  return { node, atMs, operation };
}

/** The id of a node. */
export function idOf(node: number): string {
  return nodeSpec(node, undefined).id;
}

function settingsOf(stage: Stage): CountersSettings {
  const { nodes = 3, children = 6, strategy = 'one_for_one', selector = 'round_robin' } = stage;
  const { maxRestarts = 100, withinMs = 5000, childSettings = {}, takeover, exclusive } = stage;
  return {
    nodeIds: Array.from({ length: nodes }, (_, at) => idOf(at)),
    heartbeatIntervalMs: 500,
    heartbeatMissThreshold: 3,
    supervisor: {
      strategy,
      selector,
      children: Array.from({ length: children }, (_, at) => ({
        id: `counter-${at + 1}`,
        restart: 'permanent' as const,
        ...childSettings[`counter-${at + 1}`],
      })),
      restartIntensity: { maxRestarts, withinMs },
      ...(takeover === undefined ? {} : { takeover }),
      ...(exclusive === undefined ? {} : { exclusive }),
    },
  };
}

// Two at a time from every node in turn, so that requests of one node wait side by side.
function trickle({ nodes = 3, children = 6, durationMs = 10_000 }: Stage): StagedOperation[] {
  const operations: StagedOperation[] = [];
  for (let atMs = 500, op = 0; atMs < durationMs - LAST_WORDS_MS; atMs += 100) {
    for (const kind of ['call', 'call', 'cast', 'cast'] as const) {
      op += 1;
      const child = `counter-${1 + (op % children)}`;
      // Some would wait for ever, unless they are told that nobody answers.
      const patient = kind === 'call' && op % 5 === 0 ? { patient: true } : {};
      const operation = { kind, child, op, ...patient };
      operations.push({ node: (atMs / 100) % nodes, atMs, operation });
    }
  }
  return operations;
}

function lastWords({ nodes = 3, durationMs = 10_000 }: Stage): StagedOperation[] {
  return Array.from({ length: nodes }, (_, node) => {
    return { node, atMs: durationMs - LAST_WORDS_MS, operation: { kind: 'final' } };
  });
}

const counters = { entry: simModule('workloads/counters') };
// Longer than a call may take.
const LAST_WORDS_MS = 3500;
