import { type Deferred, deferred } from '../base/deferred.js';
import type { NodeId } from '../base/node-id.js';
import type { DeadlineLink, Expiring } from '../platform/deadline.js';
import type { Runtime } from '../runtime/runtime.js';
import type { ServiceKey } from '../runtime/service.js';
import type { ClusterNode } from './cluster-node.js';
import { malformedFrame } from './frame-error.js';

/**
 * How a wait for another node ended.
 *
 * - `confirmed`: it has taken everything that was sent to it before, and its answers are here.
 * - `lost`: the node is lost, or this one has left; whatever waited for it has been told.
 * - `late`: neither in time.
 */
export type Confirmation = 'confirmed' | 'lost' | 'late';

/**
 * Finds out that what was sent to a node has arrived there. Frames keep their order, so a question
 * that was answered proves the arrival of all that went before it, and the answers to that are here
 * before its own.
 */
export class Confirmations {
  readonly #runtime: Runtime;
  readonly #pending = new Map<number, PendingConfirmation>();
  #lastId = 0;
  #node: ClusterNode | undefined;

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
  }

  attach(node: ClusterNode): void {
    this.#node = node;
    node.onControl(ASK, ({ nodeId }, id) => void node.sendControl(nodeId, ANSWER, numberOf(id)));
    node.onControl(ANSWER, ({ nodeId }, id) => {
      const pending = this.#pending.get(numberOf(id));
      if (pending?.nodeId === nodeId) pending.settle('confirmed');
    });
    node.listen({
      down: ({ nodeId }) => this.#lose((pending) => pending.nodeId === nodeId),
      left: () => {
        this.#lose(() => true);
        this.#node = undefined;
      },
      // The question, or its answer, was on the link that broke.
      reconciled: ({ nodeId }) => {
        for (const [id, pending] of this.#pending) {
          if (pending.nodeId === nodeId) node.sendControl(nodeId, ASK, id);
        }
      },
    });
  }

  /** Asks a node that is a member now. Never rejects; `Infinity` waits until the node is lost. */
  of(nodeId: NodeId, timeoutMs: number): Promise<Confirmation> {
    const { deadlines } = this.#runtime;
    const id = ++this.#lastId;
    const pending = new PendingConfirmation(nodeId, () => {
      deadlines.clear(pending);
      this.#pending.delete(id);
    });
    this.#pending.set(id, pending);
    this.#node?.sendControl(nodeId, ASK, id);
    deadlines.set(pending, timeoutMs);
    return pending.outcome.promise;
  }

  #lose(isLost: (pending: PendingConfirmation) => boolean): void {
    for (const pending of [...this.#pending.values()]) {
      if (isLost(pending)) pending.settle('lost');
    }
  }
}

class PendingConfirmation implements Expiring {
  deadline: DeadlineLink | undefined;
  readonly outcome: Deferred<Confirmation> = deferred();

  constructor(
    readonly nodeId: NodeId,
    private readonly done: () => void,
  ) {}

  expire(): void {
    this.settle('late');
  }

  settle(outcome: Confirmation): void {
    this.done();
    this.outcome.resolve(outcome);
  }
}

function numberOf(payload: unknown): number {
  if (Number.isSafeInteger(payload)) return payload as number;
  throw malformedFrame('a question for confirmation without a number');
}

export const CONFIRMATIONS: ServiceKey<Confirmations> = {
  name: 'confirmations',
  create: (runtime) => new Confirmations(runtime),
};

const ASK = 'confirm';
const ANSWER = 'confirmed';
