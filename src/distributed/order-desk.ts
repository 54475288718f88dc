import { unreachable } from '../base/assert.js';
import type { NodeId } from '../base/node-id.js';
import type { Request } from '../otp/supervision/kernel-event.js';
import type { ChildView } from '../otp/supervision/child.js';
import type { CallSignal, ReplyTo } from '../runtime/signal.js';
import { ChildMover } from './child-mover.js';
import {
  type ChildHandle,
  type DistributedChildSpec,
  type DistributedChildTemplate,
  type PlacedSpec,
  checkDistributedChild,
} from './distributed-child.js';
import {
  DistributedInvalidSimpleOneForOneError,
  DistributedSupervisorError,
  NoAvailableNodeError,
} from './distributed-error.js';
import type { DistributedHostOptions } from './distributed-host.js';
import type { PlacedChildren } from './placed-children.js';
import type { RequestDesk } from './request-desk.js';
import { type SupervisorOrder, readOrder } from './supervisor-order.js';
import { checkCrossingSelector } from './supervisor-options.js';

/** The supervisor that takes the orders. */
export interface OrderedSupervisor {
  readonly id: string;
  readonly options: DistributedHostOptions;
  readonly desk: RequestDesk;
  readonly placed: Pick<PlacedChildren, 'nodesFor' | 'direct'>;
  readonly children: {
    child(id: string): ChildView<PlacedSpec, ChildHandle> | undefined;
    children(): Iterable<ChildView<PlacedSpec, ChildHandle>>;
  };
  /** The id of one more child of a template. */
  nextChildId(): string;
  feed(request: Request<PlacedSpec>): void;
}

/**
 * Checks what a supervisor is asked to do, and puts it into the words of its kernel. An order that
 * is none, or that does not fit the supervisor, is answered with an error and touches nothing.
 */
export class OrderDesk {
  readonly mover: ChildMover;
  readonly #supervisor: OrderedSupervisor;

  constructor(supervisor: OrderedSupervisor) {
    this.#supervisor = supervisor;
    const { id, children, placed } = supervisor;
    this.mover = new ChildMover({
      id,
      children: () => children.children(),
      child: (childId) => children.child(childId),
      nodesFor: ({ spec }, besides) => placed.nodesFor(spec, besides),
      replace: ({ spec }, target, done) => {
        placed.direct(spec.id, target);
        const over = (): void => {
          placed.direct(spec.id, undefined);
          done();
        };
        this.#replace({ reply: over, fail: over }, spec.id);
      },
    });
  }

  take({ message, from }: CallSignal): void {
    const order = readOrder(message);
    if (order === undefined) {
      const why = 'it takes no calls; use the functions of DistributedSupervisor';
      return from.fail(new DistributedSupervisorError(this.#supervisor.id, why));
    }
    try {
      this.#carryOut(order, from);
    } catch (error) {
      from.fail(error);
    }
  }

  #carryOut(order: SupervisorOrder, from: ReplyTo): void {
    const { desk } = this.#supervisor;
    switch (order.order) {
      case 'startChild': {
        const spec = this.#specOf(order.child);
        const token = desk.admit(from, spec.id);
        return this.#supervisor.feed({ kind: 'startChild', token, spec });
      }
      case 'terminateChild': {
        const { childId: id } = order;
        return this.#supervisor.feed({ kind: 'terminateChild', token: desk.admit(from, id), id });
      }
      case 'restartChild':
        this.#refuseUnplaceable(order.childId);
        return this.#replace(from, order.childId);
      case 'rebalance': {
        const token = desk.admit(from, '');
        return this.mover.rebalance(order.movesMax ?? Infinity, (moves) => {
          desk.answer(token, moves);
        });
      }
      case 'clear': {
        const token = desk.admit(from, '');
        return this.mover.clear(order.nodeId, (clearing) => desk.answer(token, clearing));
      }
      default:
        return unreachable(order);
    }
  }

  #replace(from: Pick<ReplyTo, 'reply' | 'fail'>, id: string): void {
    const token = this.#supervisor.desk.admit(from, id);
    this.#supervisor.feed({ kind: 'replaceChild', token, id });
  }

  /** What runs is not stopped for a start that has nowhere to go. */
  #refuseUnplaceable(childId: string): void {
    const { children, placed } = this.#supervisor;
    const child = children.child(childId);
    if (child?.status !== 'running' || placed.nodesFor(child.spec, NONE).length > 0) return;
    throw new NoAvailableNodeError(childId, child.spec.selector);
  }

  #specOf(child: DistributedChildSpec | readonly unknown[]): PlacedSpec {
    const { id, options } = this.#supervisor;
    const { strategy, takeover, template } = options;
    if (strategy === 'simple_one_for_one') {
      if (Array.isArray(child)) return this.#made(template as DistributedChildTemplate, child);
      const why = 'startChild takes an array of arguments';
      throw new DistributedInvalidSimpleOneForOneError(id, why);
    }
    if (Array.isArray(child)) {
      const why = 'an array of arguments goes with simple_one_for_one only; give { id, behavior }';
      throw new DistributedInvalidSimpleOneForOneError(id, why);
    }
    const spec = child as DistributedChildSpec;
    const placed = checkDistributedChild(spec, options);
    const option = `nodeSelector of child ${placed.id}`;
    if (takeover !== undefined) checkCrossingSelector(option, spec.nodeSelector);
    return placed;
  }

  #made(template: DistributedChildTemplate, args: readonly unknown[]): PlacedSpec {
    const id = this.#supervisor.nextChildId();
    return checkDistributedChild({ ...template, id, args }, this.#supervisor.options);
  }
}

const NONE: ReadonlySet<NodeId> = new Set();
