import type { Address } from '../runtime/address.js';
import { ServerNotRunningError } from '../runtime/call-error.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import { tellProcessDown } from './lifecycle.js';
import { InvalidOptionError, checkRef } from './option.js';

/** A watch on a process, as `monitor` gives it and `demonitor` takes it back. */
export interface MonitorRef {
  readonly monitorId: string;
  readonly monitoredRef: Address;
  /** The process that is told. */
  readonly watcherId: string;
}

/** What becomes of a DOWN that came before the monitor was given up. */
export interface DemonitorOptions {
  /** Takes a DOWN that was told, but not handled yet, out of the mailbox. False by default. */
  readonly flush?: boolean;
}

/** Watches `target` for `process`, which gets one DOWN as mail. */
export function monitorFrom(runtime: Runtime, process: Process, target: Address): MonitorRef {
  checkRef(target);
  const monitoredRef = runtime.isLocal(target) ? runtime.addressOf(target.id) : target;
  const monitorId = runtime.monitor(process.id, target, (reason, id) => {
    process.post({ kind: 'down', monitorId: id, target: monitoredRef, reason });
    const { id: watcherId } = process;
    tellProcessDown(runtime, { watcherId, monitorId: id, ref: monitoredRef }, reason);
  });
  return { monitorId, monitoredRef, watcherId: process.id };
}

/** Watches `target` for the process behind `watcher`, which must be one of this node. */
export function monitor(runtime: Runtime, watcher: Address, target: Address): MonitorRef {
  checkRef(watcher);
  const process = runtime.processes.get(watcher.id);
  if (process === undefined) throw new ServerNotRunningError(watcher.id);
  return monitorFrom(runtime, process, target);
}

/**
 * Gives the monitor up. False when its DOWN was told before; it may still wait in the mailbox, and
 * with `flush` it is taken out of there.
 */
export function demonitor(
  runtime: Runtime,
  ref: MonitorRef,
  options: DemonitorOptions = {},
): boolean {
  if (typeof (ref as MonitorRef | undefined)?.monitorId !== 'string') {
    throw new InvalidOptionError('the monitor', 'what monitor gave back', ref);
  }
  const outstanding = runtime.demonitor(ref.monitorId);
  if (options.flush === true && !outstanding) {
    const mailbox = runtime.processes.get(ref.watcherId)?.mailbox;
    mailbox?.discard((mail) => mail.kind === 'down' && mail.monitorId === ref.monitorId);
  }
  return outstanding;
}
