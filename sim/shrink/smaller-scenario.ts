import type { Anchor, Fault, Heal, Operation, Plan } from '../plan.js';
import type { Kill, Scenario } from '../scenarios/scenario.js';
import { nodeSpec } from '../simulate.js';

/** The scenario with another plan; what is told about its kills follows from it. */
export function withPlan(scenario: Scenario, plan: Plan): Scenario {
  const { healMs: _, ...times } = scenario.times;
  const heal = plan.heal === undefined ? {} : { healMs: plan.heal.atMs };
  const kills = killsOf(plan, scenario.settings.nodeIds);
  return { ...scenario, plan, kills, times: { ...times, ...heal } };
}

/**
 * The scenario with one node less. Those behind it move up, with everything that is said of them;
 * what was about the node alone is gone.
 */
export function withoutNode(scenario: Scenario, gone: number): Scenario {
  const { settings, plan } = scenario;
  const old = settings.nodeIds;
  const nodeIds = old.slice(1).map((_, at) => nodeSpec(at, undefined).id);
  const names = new Map<string, string | undefined>();
  for (const [at, nodeId] of old.entries()) names.set(nodeId, nodeIds[moved(at, gone) ?? -1]);
  const operations = plan.operations.flatMap((operation): Operation[] => {
    const node = moved(operation.node, gone);
    if (node === undefined) return [];
    return [{ ...operation, node, operation: renamed(operation.operation, names) }];
  });
  const faults = plan.faults.flatMap((fault) => movedFault(fault, gone));
  const { heal } = plan;
  const kept = renamed(settings, names) as Scenario['settings'];
  const late = kept.late === undefined ? {} : { late: movedAll(kept.late, gone) };
  const smaller = { ...kept, ...late, nodeIds };
  return withPlan(
    { ...scenario, settings: smaller },
    {
      faults,
      operations,
      ...(heal === undefined ? {} : { heal: movedHeal(heal, gone) }),
    },
  );
}

/** The scenario with these children alone, and nothing asked of the others. */
export function withChildren(scenario: Scenario, childIds: readonly string[]): Scenario {
  const { settings, plan } = scenario;
  const kept = new Set(childIds);
  const gone = new Set(
    settings.supervisor.children.map(({ id }) => id).filter((id) => !kept.has(id)),
  );
  const children = settings.supervisor.children.filter(({ id }) => kept.has(id));
  const operations = plan.operations.filter(({ operation }) => !gone.has(childOf(operation)));
  return {
    ...scenario,
    settings: { ...settings, supervisor: { ...settings.supervisor, children } },
    plan: { ...plan, operations },
  };
}

/** The scenario with its final check at `finalMs`, and all that comes with it moved along. */
export function endingAt(scenario: Scenario, finalMs: number): Scenario {
  const { times, plan } = scenario;
  const earlierMs = times.finalMs - finalMs;
  const operations = plan.operations.map((operation) =>
    isFinal(operation) ? { ...operation, atMs: operation.atMs - earlierMs } : operation,
  );
  const atMost = (ms: number): number => Math.min(ms, finalMs);
  return {
    ...scenario,
    plan: { ...plan, operations },
    times: {
      ...times,
      killsUntilMs: atMost(times.killsUntilMs),
      operationsUntilMs: atMost(times.operationsUntilMs),
      ...(times.settledMs === undefined ? {} : { settledMs: times.settledMs - earlierMs }),
      finalMs,
      durationMs: times.durationMs - earlierMs,
    },
  };
}

/** The scenario that is over at `durationMs`: for one whose final check is gone. */
export function cutAt(scenario: Scenario, durationMs: number): Scenario {
  const { settledMs: _, ...times } = scenario.times;
  const atMost = (ms: number): number => Math.min(ms, durationMs);
  return {
    ...scenario,
    times: {
      ...times,
      killsUntilMs: atMost(times.killsUntilMs),
      operationsUntilMs: atMost(times.operationsUntilMs),
      finalMs: durationMs,
      durationMs,
    },
  };
}

/** When the last thing of the plan begins or ends, besides the final check. */
export function lastMs({ plan }: Scenario): number {
  const faults = plan.faults.map((fault) => {
    if (!('atMs' in fault)) return 0;
    return fault.atMs + ('forMs' in fault ? fault.forMs : 0);
  });
  const operations = plan.operations.filter((operation) => !isFinal(operation));
  return Math.max(0, plan.heal?.atMs ?? 0, ...faults, ...operations.map(({ atMs }) => atMs));
}

/** Whether promises about the end are judged by this operation. */
export function isFinal({ operation }: Operation): boolean {
  return (operation as { kind?: unknown } | null)?.kind === 'final';
}

function childOf(operation: unknown): string {
  const { child } = (operation ?? {}) as { child?: unknown };
  return typeof child === 'string' ? child : '';
}

function killsOf(plan: Plan, nodeIds: readonly string[]): Kill[] {
  const kills = plan.faults.flatMap((fault) => {
    if (fault.kind !== 'crash' || !('atMs' in fault)) return [];
    const { node, atMs, mode = 'closes' } = fault;
    return [{ node, nodeId: nodeIds[node] as string, atMs, mode }];
  });
  return kills.sort((left, right) => left.atMs - right.atMs);
}

function moved(node: number, gone: number): number | undefined {
  if (node === gone) return undefined;
  return node > gone ? node - 1 : node;
}

function movedAll(nodes: readonly number[], gone: number): number[] {
  return nodes.flatMap((node) => moved(node, gone) ?? []);
}

// A fault that has lost one of its sides is none.
function movedFault(fault: Fault, gone: number): Fault[] {
  const fields: Record<string, unknown> = { ...fault };
  for (const name of ['node', 'from', 'to'] as const) {
    const value = fields[name];
    if (typeof value === 'number') fields[name] = moved(value, gone);
    else if (Array.isArray(value)) fields[name] = movedAll(value as number[], gone);
    else continue;
    const left = fields[name];
    if (left === undefined || (Array.isArray(left) && left.length === 0)) return [];
  }
  if (fault.kind === 'partition') {
    const groups = fault.groups.map((group) => movedAll(group, gone));
    fields['groups'] = groups.filter((group) => group.length > 0);
  } else if (fault.kind === 'cut') {
    const pairs = fault.pairs.map((pair) => movedAll(pair, gone));
    fields['pairs'] = pairs.filter((pair) => pair.length === 2);
    if ((fields['pairs'] as unknown[]).length === 0) return [];
  } else if (fault.kind === 'flap') {
    const between = movedAll(fault.between, gone);
    if (between.length < 2) return [];
    fields['between'] = between;
  }
  if ('after' in fault) fields['after'] = movedAnchor(fault.after, gone);
  return fields['after'] === undefined && 'after' in fault ? [] : [fields as unknown as Fault];
}

function movedAnchor(anchor: Anchor, gone: number): Anchor | undefined {
  if (anchor.node === gone || anchor.peer === gone) return undefined;
  const fields: Record<string, unknown> = { ...anchor };
  for (const name of ['node', 'peer'] as const) {
    const node = anchor[name];
    if (node !== undefined) fields[name] = moved(node, gone);
  }
  return fields as unknown as Anchor;
}

function movedHeal({ atMs, core }: Heal, gone: number): Heal {
  return core === undefined ? { atMs } : { atMs, core: movedAll(core, gone) };
}

/** Plain data with node ids in it, under their new names. */
function renamed(value: unknown, names: ReadonlyMap<string, string | undefined>): unknown {
  if (typeof value === 'string') return renamedText(value, names);
  if (Array.isArray(value)) return value.map((item) => renamed(item, names));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, renamed(item, names)]);
  return Object.fromEntries(entries) as unknown;
}

// Some names are made of a node's id. Whatever names the node that is gone keeps a name that nobody
// has: it finds nothing.
function renamedText(text: string, names: ReadonlyMap<string, string | undefined>): string {
  for (const [from, to] of names) {
    if (text.includes(from)) return text.replace(from, to ?? 'nobody@0.0.0.0:1');
  }
  return text;
}
