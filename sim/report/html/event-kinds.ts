import type { TraceEntry } from '../../trace.js';
import type { EventGroup, EventKind } from './report-data.js';

/** What a report calls an entry: an observation goes by its own kind. */
export function eventKindOf({ kind, detail }: TraceEntry): EventKind {
  if (kind !== 'observation') return { name: kind, group: GROUPS.get(kind) ?? 'turns' };
  const name = (detail as { readonly kind: string }).kind;
  return { name, group: GROUPS.get(name) ?? 'calls' };
}

const GROUPS: ReadonlyMap<string, EventGroup> = new Map<string, EventGroup>([
  ...of('faults', [
    ...['crash', 'failed', 'restart', 'leave', 'pause', 'resume', 'partition', 'one-way', 'cut'],
    ...['frame-loss', 'latency', 'clog', 'flap', 'clock', 'slow', 'datagram', 'heal', 'healed'],
  ]),
  ...of('supervision', [
    ...['supervising', 'supervisor_ended', 'children_lost', 'child_start', 'child_started'],
    ...['child_ended', 'child_failed', 'child_stop', 'child_abandoned', 'child_held'],
    ...['fenced_started', 'fenced_ended', 'lifecycle', 'report', 'orphaned'],
  ]),
  ...of('cluster', [
    ...['membership', 'node_up', 'node_down', 'node_reconciled'],
    ...['final_members', 'final_names', 'final_table', 'final_stopped'],
  ]),
  ...of('turns', ['boot', 'wake', 'timers', 'operation', 'leaving', 'wall', 'synced', 'exit']),
  ...of('turns', ['idle']),
  ...of('network', [
    ...['listen', 'unlisten', 'dial', 'arrived', 'opened', 'send', 'frame', 'close', 'closed'],
    ...['drained', 'held', 'dropped', 'swallowed', 'refused', 'reset', 'released', 'duplicated'],
    ...['reordered', 'corrupted'],
  ]),
]);

function of(group: EventGroup, names: readonly string[]): [string, EventGroup][] {
  return names.map((name) => [name, group]);
}
