import type { Draws } from './draw.js';
import type { NetworkEvent } from './network.js';
import type { Fault, Plan } from './plan.js';

/** What the world does at a time of its own choosing. */
export type WorldEvent =
  | NetworkEvent
  | { readonly kind: 'boot'; readonly node: number }
  | { readonly kind: 'wake'; readonly node: number; readonly alarm: number }
  | { readonly kind: 'operation'; readonly node: number; readonly operation: unknown }
  | { readonly kind: 'fault'; readonly fault: Fault; readonly id: string }
  | { readonly kind: 'heal'; readonly id: string };

export interface AgendaItem {
  readonly atUs: number;
  readonly tie: number;
  readonly event: WorldEvent;
}

/**
 * A plan as events. Each draws its tie by what it is and not by where it stands in the plan, so
 * that a plan without it leaves the others where they were.
 */
export function agendaOf(plan: Plan, draws: Draws): AgendaItem[] {
  const seen = new Map<string, number>();
  const unique = (name: string): string => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return `${name}#${nth}`;
  };
  const item = (atMs: number, name: string, event: WorldEvent): AgendaItem => ({
    atUs: Math.round(atMs * 1000),
    tie: draws.number('plan', name),
    event,
  });
  const faults = plan.faults.flatMap((fault) => {
    const atMs = 'atMs' in fault ? fault.atMs : fault.fromMs;
    const id = unique(`${fault.kind} ${'node' in fault ? fault.node : ''} ${atMs}`);
    const begin = item(atMs, id, { kind: 'fault', fault, id });
    if (!('untilMs' in fault)) return [begin];
    return [begin, item(fault.untilMs, `heal ${id}`, { kind: 'heal', id })];
  });
  const operations = plan.operations.map(({ node, atMs, operation }) =>
    item(atMs, unique(`operation ${node} ${atMs}`), { kind: 'operation', node, operation }),
  );
  return [...faults, ...operations];
}
