import type { Address } from '../runtime/address.js';
import { ServerNotRunningError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import { InvalidOptionError, checkRef } from './option.js';

/** A link between two processes, as `link` gives it and `unlink` takes it back. */
export interface LinkRef {
  readonly linkId: string;
  readonly ref1: Address;
  readonly ref2: Address;
}

/**
 * Ties two processes together, of which one at least is of this node: the abnormal end of one ends
 * the other, or reaches its `handleInfo` as EXIT when it traps exits. Linking twice changes
 * nothing. Throws {@link ServerNotRunningError} when the process of this node has ended; when the
 * other one has, its end arrives at once, as `noproc`.
 */
export function link(runtime: Runtime, ref1: Address, ref2: Address): LinkRef {
  checkRef(ref1);
  checkRef(ref2);
  const [own, other] = ownFirst(runtime, ref1, ref2);
  if (runtime.processes.get(own.id) === undefined) throw new ServerNotRunningError(own.id);
  runtime.link(own.id, other);
  return { linkId: runtime.ids.next('link'), ref1, ref2 };
}

/** Unties them. An EXIT that was told before may still wait in a mailbox. */
export function unlink(runtime: Runtime, link: LinkRef): void {
  checkRef((link as LinkRef | undefined)?.ref1);
  checkRef(link.ref2);
  const [own, other] = ownFirst(runtime, link.ref1, link.ref2);
  runtime.unlink(own.id, other);
}

function ownFirst(runtime: Runtime, ref1: Address, ref2: Address): [own: Address, other: Address] {
  if (runtime.isLocal(ref1)) return [ref1, ref2];
  if (runtime.isLocal(ref2)) return [ref2, ref1];
  throw new InvalidOptionError('one of the two refs', 'of a process of this node', ref1);
}
