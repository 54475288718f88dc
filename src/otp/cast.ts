import type { Address } from '../runtime/address.js';
import { LinkFullError, MailboxFullError, ServerNotRunningError } from '../runtime/call-error.js';
import type { Runtime } from '../runtime/runtime.js';
import { checkRef } from './option.js';

/**
 * Sends `message` to `to` and promises little: that it is queued, in order with this sender's
 * other messages. Nothing is told when a remote process or its node is gone by then; a link with no
 * room for the message throws LinkFullError.
 */
export function cast(runtime: Runtime, to: Address, message: unknown): void {
  if (typeof (to as Address | undefined)?.id !== 'string') checkRef(to);
  const delivery = runtime.router.send(to, { kind: 'cast', message });
  if (delivery === 'sent') return;
  if (to.nodeId !== undefined && !runtime.isLocal(to)) {
    if (delivery === 'full') throw new LinkFullError(to.nodeId);
    return;
  }
  if (delivery === 'full') throw new MailboxFullError();
  throw new ServerNotRunningError(to.id);
}
