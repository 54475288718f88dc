import { FaultlineError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import { type AnyBehavior, checkBehavior } from '../otp/behavior.js';
import { checkName } from '../otp/option.js';
import type { ServiceKey } from '../runtime/service.js';

/** The node has no behaviour of that name: a remote start names a behaviour, it carries none. */
export class BehaviorNotFoundError extends FaultlineError {
  static readonly code = 'ERR_BEHAVIOR_NOT_FOUND';
  override readonly name = 'BehaviorNotFoundError';
  readonly code = BehaviorNotFoundError.code;

  constructor(
    readonly behaviorName: string,
    readonly nodeId: NodeId | undefined,
  ) {
    super(
      `Expected a behavior ${behaviorName} on ${nodeId ?? 'this node'}; ` +
        'register it there with BehaviorRegistry.register before the cluster starts',
    );
  }
}

/** The behaviours that other nodes may start here. Nothing else can be started from outside. */
export class BehaviorTable {
  readonly #byName = new Map<string, AnyBehavior>();

  /** A later registration under the same name replaces the former, for starts from then on. */
  register(name: string, behavior: AnyBehavior): void {
    checkName('the name of a behavior', name);
    checkBehavior(behavior);
    this.#byName.set(name, behavior);
  }

  get(name: string): AnyBehavior | undefined {
    return this.#byName.get(name);
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  getNames(): string[] {
    return [...this.#byName.keys()];
  }

  /** False when there was none. */
  unregister(name: string): boolean {
    return this.#byName.delete(name);
  }
}

export const BEHAVIORS: ServiceKey<BehaviorTable> = {
  name: 'behaviors',
  create: () => new BehaviorTable(),
};
