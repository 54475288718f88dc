import { FaultlineError } from '../base/errors.js';
import type { NodeId } from '../base/node-id.js';
import { type AnyBehavior, checkBehavior } from '../otp/behavior.js';
import { InvalidOptionError, checkName } from '../otp/option.js';
import type { ServiceKey } from '../runtime/service.js';
import type { BehaviorVersions } from './behavior-version.js';

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

/** What may be said of a behaviour beside its name. */
export interface BehaviorOptions {
  /**
   * Any text, such as `'2'` or `'1.4.0'`. Nodes tell each other their versions when they join, and
   * report where they differ; they do nothing else about it. Without one a behaviour is
   * unversioned, which is as different from a version as another version is.
   */
  readonly version?: string;
}

interface Registered {
  readonly behavior: AnyBehavior;
  readonly version: string | undefined;
}

/** The behaviours that other nodes may start here. Nothing else can be started from outside. */
export class BehaviorTable {
  readonly #byName = new Map<string, Registered>();
  readonly #listeners = new Set<() => void>();

  /** A later registration under the same name replaces the former, for starts from then on. */
  register(name: string, behavior: AnyBehavior, options: BehaviorOptions = {}): void {
    checkName('the name of a behavior', name);
    checkBehavior(behavior);
    const version = versionOf(options);
    this.#byName.set(name, { behavior, version });
    this.#changed();
  }

  get(name: string): AnyBehavior | undefined {
    return this.#byName.get(name)?.behavior;
  }

  /** The version of each behaviour by its name; `undefined` for one without. */
  versions(): BehaviorVersions {
    return new Map([...this.#byName].map(([name, { version }]) => [name, version]));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  getNames(): string[] {
    return [...this.#byName.keys()];
  }

  /** False when there was none. */
  unregister(name: string): boolean {
    const wasThere = this.#byName.delete(name);
    if (wasThere) this.#changed();
    return wasThere;
  }

  /** Calls `listener` after each change; gives the function that ends it. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #changed(): void {
    for (const listener of [...this.#listeners]) listener();
  }
}

function versionOf(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null) {
    throw new InvalidOptionError('the options of a behavior', '{ version? }', options);
  }
  const { version } = options as { version?: unknown };
  return version === undefined ? undefined : checkName('version', version);
}

export const BEHAVIORS: ServiceKey<BehaviorTable> = {
  name: 'behaviors',
  create: () => new BehaviorTable(),
};
