import type { Draws } from './draw.js';
import type { Scheduled } from './event-queue.js';
import type { FaultEvent } from './faults/fault-event.js';
import { namedFaults } from './faults/named-fault.js';
import type { NetworkEvent } from './network.js';
import type { Plan } from './plan.js';

/** What the world does at a time of its own choosing. */
export type WorldEvent =
  | NetworkEvent
  | { readonly kind: 'fault'; readonly fault: FaultEvent }
  | { readonly kind: 'boot'; readonly node: number }
  | { readonly kind: 'wake'; readonly node: number; readonly alarm: number }
  /** A node may be ready for what waits for it. */
  | { readonly kind: 'ready'; readonly node: number; readonly call: number }
  | { readonly kind: 'operation'; readonly node: number; readonly operation: unknown };

/**
 * What a plan does at times that it names. Each draws its tie by what it is and not by where it
 * stands in the plan, so that a plan without it leaves the others where they were.
 */
export function agendaOf(plan: Plan, draws: Draws): Scheduled<WorldEvent>[] {
  const item = (atMs: number, name: string, event: WorldEvent): Scheduled<WorldEvent> => ({
    atUs: Math.round(atMs * 1000),
    tie: draws.number('plan', name),
    event,
  });
  const struck = (atMs: number, name: string, fault: FaultEvent): Scheduled<WorldEvent> =>
    item(atMs, name, { kind: 'fault', fault });
  const seen = new Map<string, number>();
  const numbered = (name: string): string => {
    const nth = (seen.get(name) ?? 0) + 1;
    seen.set(name, nth);
    return `${name}#${nth}`;
  };
  const faults = namedFaults(plan).flatMap(({ id, fault }) =>
    'atMs' in fault ? [struck(fault.atMs, id, { kind: 'strike', id })] : [],
  );
  const operations = plan.operations.map(({ node, atMs, operation }) =>
    item(atMs, numbered(`operation ${node} ${atMs}`), { kind: 'operation', node, operation }),
  );
  const heal = plan.heal === undefined ? [] : [struck(plan.heal.atMs, 'heal', { kind: 'heal' })];
  return [...faults, ...operations, ...heal];
}
