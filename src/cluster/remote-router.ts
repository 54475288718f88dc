import { unreachable } from '../base/assert.js';
import type { NodeId } from '../base/node-id.js';
import type { Address } from '../runtime/address.js';
import type { ExitReason } from '../runtime/exit-reason.js';
import type { Delivery, Router } from '../runtime/router.js';
import type { Runtime } from '../runtime/runtime.js';
import type { CallSignal, Signal, StopSignal } from '../runtime/signal.js';
import type { RemoteRequests } from './remote-requests.js';
import type { Wire } from './wire.js';

/**
 * Sends each signal to where its receiver is: a process of this node, or through the link to its
 * node. A remote call is nothing but a call signal that takes the second way.
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
    return this.#sendAway(to.nodeId, to.id, signal);
  }

  #sendAway(nodeId: NodeId, to: string, signal: Signal): Delivery {
    const { codec } = this.#wire;
    switch (signal.kind) {
      case 'call':
        return this.#call(nodeId, to, signal);
      case 'cast':
      case 'info': {
        const message = codec.pack(signal.message);
        return this.#wire.send(nodeId, { kind: signal.kind, to, message });
      }
      case 'stop':
        return this.#stop(nodeId, to, signal);
      case 'exit': {
        const { linked } = signal;
        const reason = this.#reason(signal.reason);
        return this.#wire.send(nodeId, { kind: 'exit', to, from: signal.from.id, linked, reason });
      }
      case 'kill':
        return this.#wire.send(nodeId, { kind: 'kill', to });
      case 'link':
      case 'unlink':
        return this.#wire.send(nodeId, { kind: signal.kind, to, from: signal.from.id });
      case 'monitor':
      case 'demonitor': {
        const { kind, monitorId } = signal;
        return this.#wire.send(nodeId, { kind, to, from: signal.from.id, monitorId });
      }
      case 'down': {
        const { monitorId, target } = signal;
        const reason = this.#reason(signal.reason);
        return this.#wire.send(nodeId, { kind: 'down', to, from: target.id, monitorId, reason });
      }
      default:
        return unreachable(signal);
    }
  }

  #call(nodeId: NodeId, to: string, { from, ...signal }: CallSignal): Delivery {
    let message: Uint8Array;
    try {
      message = this.#wire.codec.pack(signal.message);
    } catch (error) {
      from.fail(error);
      return 'sent';
    }
    const callId = this.#requests.add(nodeId, from);
    const deadlineMs = signal.timeoutMs === Infinity ? undefined : signal.timeoutMs;
    const { chain } = signal;
    const delivery = this.#wire.send(nodeId, { kind: 'call', callId, to, message, deadlineMs, chain });
    if (delivery === 'down') {
      this.#requests.forget(callId);
      return 'down';
    }
    from.onSettled = () => {
      if (this.#requests.forget(callId)) this.#wire.send(nodeId, { kind: 'abort', callId });
    };
    return 'sent';
  }

  #stop(nodeId: NodeId, to: string, signal: StopSignal): Delivery {
    const reason = this.#reason(signal.reason);
    if (signal.from === undefined) return this.#wire.send(nodeId, { kind: 'stop', to, reason });
    const callId = this.#requests.add(nodeId, signal.from);
    const delivery = this.#wire.send(nodeId, { kind: 'stop', to, callId, reason });
    if (delivery === 'down') this.#requests.forget(callId);
    return delivery;
  }

  // The reason of an end must cross whatever is in it.
  #reason(reason: ExitReason): Uint8Array {
    return this.#wire.codec.packLeniently(reason);
  }
}
