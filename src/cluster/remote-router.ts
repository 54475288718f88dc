import { unreachable } from '../base/assert.js';
import type { NodeId } from '../base/node-id.js';
import type { Address } from '../runtime/address.js';
import { NodeNotReachableError } from '../runtime/call-error.js';
import type { Delivery, Router } from '../runtime/router.js';
import type { Runtime } from '../runtime/runtime.js';
import type { CallSignal, CastSignal, InfoSignal, Signal, StopSignal } from '../runtime/signal.js';
import { FrameError } from './frame-error.js';
import type { Frame } from './frame.js';
import type { RemoteRequests } from './remote-requests.js';
import type { Wire } from './wire.js';
import { packReason } from './wire-reason.js';

/**
 * Sends each signal to where its receiver is: a process of this node, or through the link to its
 * node. A remote call is nothing but a call signal that takes the second way.
 *
 * A link that has no room takes no calls, casts and infos: they are `full`, and were not sent.
 */
export class RemoteRouter implements Router {
  readonly #runtime: Runtime;
  readonly #wire: Wire;
  readonly #requests: RemoteRequests;

  constructor(runtime: Runtime, wire: Wire, requests: RemoteRequests) {
    this.#runtime = runtime;
    this.#wire = wire;
    this.#requests = requests;
  }

  send(to: Address, signal: Signal): Delivery {
    if (to.nodeId === undefined || to.nodeId === this.#runtime.nodeId) {
      return this.#runtime.localRouter.send(to, signal);
    }
    switch (signal.kind) {
      case 'call':
        return this.#call(to.nodeId, to.id, signal);
      case 'cast':
      case 'info':
        return this.#tell(to.nodeId, to.id, signal);
      case 'stop':
        return this.#stop(to.nodeId, to.id, signal);
      default:
        return this.#relate(to.nodeId, to.id, signal);
    }
  }

  #call(nodeId: NodeId, to: string, signal: CallSignal): Delivery {
    const { from, chain } = signal;
    const deadlineMs = signal.timeoutMs === Infinity ? undefined : signal.timeoutMs;
    const callId = this.#requests.add(nodeId, from);
    try {
      const message = this.#wire.codec.pack(signal.message);
      const frame = { kind: 'call', callId, to, message, deadlineMs, chain } as const;
      const delivery = this.#wire.send(nodeId, frame);
      if (delivery !== 'sent') {
        this.#requests.forget(callId);
        return delivery;
      }
    } catch (error) {
      // What cannot cross is the caller's to know, as any other outcome of its call.
      this.#requests.forget(callId);
      from.fail(error);
      return 'sent';
    }
    from.onSettled = () => {
      if (this.#requests.forget(callId)) this.#wire.send(nodeId, { kind: 'abort', callId });
    };
    return 'sent';
  }

  /** Throws when the message cannot cross. */
  #tell(nodeId: NodeId, to: string, signal: CastSignal | InfoSignal): Delivery {
    const message = this.#wire.codec.pack(signal.message);
    return this.#wire.send(nodeId, { kind: signal.kind, to, message });
  }

  #stop(nodeId: NodeId, to: string, signal: StopSignal): Delivery {
    const { from } = signal;
    const reason = packReason(this.#wire.codec, signal.reason);
    if (from === undefined) return this.#pass(nodeId, { kind: 'stop', to, reason });
    const callId = this.#requests.add(nodeId, from);
    const delivery = this.#pass(nodeId, { kind: 'stop', to, callId, reason });
    // To say that it is gone would be wrong: it may well run, out of reach.
    if (delivery === 'down')
      this.#requests.take(callId, nodeId)?.fail(new NodeNotReachableError(nodeId));
    return 'sent';
  }

  #relate(
    nodeId: NodeId,
    to: string,
    signal: Exclude<Signal, CallSignal | CastSignal | InfoSignal | StopSignal>,
  ): Delivery {
    const { codec } = this.#wire;
    switch (signal.kind) {
      case 'exit': {
        const { linked, from } = signal;
        const reason = packReason(codec, signal.reason);
        return this.#insist(nodeId, { kind: 'exit', to, from: from.id, linked, reason });
      }
      case 'kill':
        return this.#pass(nodeId, { kind: 'kill', to });
      case 'link':
        return this.#pass(nodeId, { kind: 'link', to, from: signal.from.id });
      case 'unlink':
        return this.#insist(nodeId, { kind: 'unlink', to, from: signal.from.id });
      case 'monitor': {
        const { kind, monitorId, from } = signal;
        return this.#pass(nodeId, { kind, to, from: from.id, monitorId });
      }
      case 'demonitor': {
        const { kind, monitorId, from } = signal;
        return this.#insist(nodeId, { kind, to, from: from.id, monitorId });
      }
      case 'down': {
        const { monitorId, target } = signal;
        const reason = packReason(codec, signal.reason);
        return this.#insist(nodeId, { kind: 'down', to, from: target.id, monitorId, reason });
      }
      default:
        return unreachable(signal);
    }
  }

  #pass(nodeId: NodeId, frame: Frame): Delivery {
    return ifItCan(() => this.#wire.send(nodeId, frame));
  }

  /** For what ends a relation: were it lost, the other side would hold on to it for ever. */
  #insist(nodeId: NodeId, frame: Frame): Delivery {
    return ifItCan(() => this.#wire.sendOrKeep(nodeId, frame));
  }
}

// An id that fits in no frame is the id of no process; that must not stop a process from ending.
function ifItCan(send: () => Delivery): Delivery {
  try {
    return send();
  } catch (error) {
    if (error instanceof FrameError) return 'down';
    throw error;
  }
}
