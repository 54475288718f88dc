import type { Address } from '../runtime/address.js';
import type { Process, ProcessStatus } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import { NAMES } from './registry.js';

/** A process of one node as it was when it was looked at, with those that it started. */
export interface ProcessSnapshot {
  readonly id: string;
  /** The names it is registered under on its node. */
  readonly names: readonly string[];
  /** The name it was started with, or what it is. */
  readonly label: string;
  readonly kind: ProcessKind;
  readonly status: ProcessStatus;
  /** Messages that wait. */
  readonly mailboxLength: number;
  /** Messages taken from the mailbox since the start. */
  readonly handledCount: number;
  /** Messages dropped or refused because the mailbox was full. */
  readonly refusedCount: number;
  readonly links: readonly Address[];
  /** Whom it watches, once for each monitor. */
  readonly monitors: readonly Address[];
  /** Who watches it, once for each monitor. */
  readonly watchers: readonly Address[];
  /** Its supervisor, or else the process in whose handler it was started; while that runs. */
  readonly parent: string | undefined;
  /** In the order they were started. */
  readonly children: readonly ProcessSnapshot[];
}

/** A `GenServer`, a `Supervisor`, or a `DistributedSupervisor`. */
export type ProcessKind = 'server' | 'supervisor' | 'distributed_supervisor';

/**
 * The processes of the node that have no parent, in the order they were started, and below each
 * those that it started. Taken in one step, so that all of it was true at one instant. A server
 * that was started after an `await` of a handler is known to have a parent only when a supervisor
 * has it as a child.
 */
export function processTree(runtime: Runtime): ProcessSnapshot[] {
  const childrenOf = new Map<string, ProcessSnapshot[]>();
  for (const { id } of runtime.processes) childrenOf.set(id, []);
  const roots: ProcessSnapshot[] = [];
  for (const process of runtime.processes) {
    const siblings = childrenOf.get(process.parent ?? '');
    const children = childrenOf.get(process.id) ?? [];
    const parent = siblings === undefined ? undefined : process.parent;
    (siblings ?? roots).push(snapshotOf(runtime, process, { parent, children }));
  }
  return roots;
}

function snapshotOf(
  runtime: Runtime,
  process: Process,
  family: Pick<ProcessSnapshot, 'parent' | 'children'>,
): ProcessSnapshot {
  const { id, label, status, mailbox, handledCount } = process;
  return {
    id,
    names: runtime.use(NAMES).namesOf(id),
    label,
    kind: kindOf(id),
    status,
    mailboxLength: mailbox.length,
    handledCount,
    refusedCount: mailbox.refusedCount,
    links: runtime.links.of(id),
    monitors: runtime.monitors.targetsOf(id),
    watchers: [...(process.watchers?.values() ?? [])],
    ...family,
  };
}

function kindOf(id: string): ProcessKind {
  if (id.startsWith('supervisor_')) return 'supervisor';
  return id.startsWith('dsup_') ? 'distributed_supervisor' : 'server';
}
