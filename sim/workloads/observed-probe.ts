import { reasonText } from '../../src/runtime/exit-reason.js';
import type { Probe, ProbeEvent } from '../../src/runtime/probe.js';
import type { NodeInfo } from '../../src/cluster/node-info.js';
import type { Observation } from '../turn.js';

/** Tells the checkers what a runtime's probe is told, as plain data. */
export function observedProbe(observe: (observation: Observation) => void): Probe {
  return (event) => observe(observationOf(event));
}

// Reasons become texts: an error that crosses threads or versions of Node is not the same object,
// and its text may be the engine's.
function observationOf(event: ProbeEvent): Observation {
  switch (event.kind) {
    case 'fact':
      return { ...plainFields(event.fields), kind: event.topic };
    case 'exited':
    case 'exit_received':
    case 'down':
      return { ...event, reason: shortReason(event.reason) };
    default:
      return { ...event };
  }
}

function shortReason(reason: Parameters<typeof reasonText>[0]): string {
  return typeof reason === 'object' && 'error' in reason ? 'error' : reasonText(reason);
}

function plainFields(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      key === 'nodes' ? (value as NodeInfo[]).map(candidate) : plain(value),
    ]),
  );
}

/** What a placement may go by: who it is, what it runs as far as is known, and since when. */
function candidate({ id, processCount, lastHeartbeatAt }: NodeInfo): readonly unknown[] {
  return [id, processCount, lastHeartbeatAt];
}

function plain(value: unknown): unknown {
  if (typeof value === 'function') return 'function';
  return typeof value === 'bigint' ? value.toString() : value;
}
