import type { Address } from '../runtime/address.js';
import { ServerNotRunningError } from '../runtime/call-error.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import { checkRef } from './option.js';

export interface MonitorRef {
  readonly monitorId: string;
  readonly monitoredRef: Address;
}

/** Watches `target` for `process`, which gets one DOWN as mail. */
export function monitorFrom(runtime: Runtime, process: Process, target: Address): MonitorRef {
  checkRef(target);
  const monitoredRef = runtime.isLocal(target) ? runtime.addressOf(target.id) : target;
  const monitorId = runtime.monitor(process.id, target, (reason, id) => {
    process.post({ kind: 'down', monitorId: id, target: monitoredRef, reason });
  });
  return { monitorId, monitoredRef };
}

/** Watches `target` for the process behind `watcher`, which must be one of this node. */
export function monitor(runtime: Runtime, watcher: Address, target: Address): MonitorRef {
  checkRef(watcher);
  const process = runtime.processes.get(watcher.id);
  if (process === undefined) throw new ServerNotRunningError(watcher.id);
  return monitorFrom(runtime, process, target);
}

/** Gives the monitor up. With `flush`, a DOWN that waits in the mailbox goes too. */
export function demonitor(
  runtime: Runtime,
  watcher: Address | undefined,
  ref: MonitorRef,
  options: { readonly flush?: boolean } = {},
): boolean {
  const outstanding = runtime.demonitor(ref.monitorId);
  if (options.flush === true && watcher !== undefined) {
    const mailbox = runtime.processes.get(watcher.id)?.mailbox;
    mailbox?.discard((mail) => mail.kind === 'down' && mail.monitorId === ref.monitorId);
  }
  return outstanding;
}
