import type { GenServerRef } from '../otp/behavior.js';
import { type LinkRef, link, unlink } from '../otp/link.js';
import { checkDurationMs, checkRef } from '../otp/option.js';
import { type Address, sameAddress } from '../runtime/address.js';
import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { CONFIRMATIONS } from './confirmation.js';
import { RemoteLinkTimeoutError } from './remote-error.js';
import { checkOwn, reachableNodeOf } from './remote-node.js';

/** How long `RemoteLink.link` waits. */
export interface RemoteLinkOptions {
  /** Milliseconds for the other node to confirm the link; 10000 by default. */
  readonly timeout?: number;
}

/** Links between processes of two nodes, for whoever wants to know that they are in place. */
export const RemoteLink = {
  /**
   * Ties two servers' fates together, of which one is of this node, and resolves once the other
   * node knows, or once an exit has crossed the link: a server that does not run there ends this
   * one as `noproc`, the loss of its node as `noconnection`, or reaches its `handleInfo` when it
   * traps exits. When it rejects there is no link that was not there before: NodeNotReachableError,
   * RemoteLinkTimeoutError, or ServerNotRunningError about the server of this node.
   */
  async link(ref1: AnyRef, ref2: AnyRef, options: RemoteLinkOptions = {}): Promise<LinkRef> {
    const runtime = here();
    const { timeout = DEFAULT_TIMEOUT_MS } = options;
    checkDurationMs('timeout', timeout);
    checkRef(ref1);
    checkRef(ref2);
    const [own, other] = runtime.isLocal(ref1) ? [ref1, ref2] : [ref2, ref1];
    checkOwn(runtime, 'one of the two refs', own);
    const nodeId = reachableNodeOf(runtime, other);
    const wasLinked = isLinked(runtime, own, other);
    const made = link(runtime, ref1, ref2);
    if (runtime.isLocal(other)) return made;
    const confirmation = await runtime.use(CONFIRMATIONS).of(nodeId, timeout);
    if (confirmation !== 'late') return made;
    if (!wasLinked) unlink(runtime, made);
    throw new RemoteLinkTimeoutError(other.id, nodeId, timeout);
  },

  /** Unties them. An EXIT that was told before may still wait in a mailbox. */
  async unlink(ref: LinkRef): Promise<void> {
    unlink(here(), ref);
  },
} as const;

function isLinked(runtime: Runtime, own: Address, other: Address): boolean {
  return runtime.links.of(own.id).some((end) => sameAddress(end, runtime.normalise(other)));
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- accepts every instantiation
type AnyRef = GenServerRef<any, any, any, any>;

const DEFAULT_TIMEOUT_MS = 10_000;
