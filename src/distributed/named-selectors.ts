import { checkFunction, checkName } from '../otp/option.js';
import type { ServiceKey } from '../runtime/service.js';
import type { NodeSelectorFn } from './node-selector.js';

/** The selector functions of a node, by the names under which supervisors ask for them. */
export class NamedSelectors {
  readonly #byName = new Map<string, NodeSelectorFn>();
  readonly #listeners = new Set<() => void>();

  /** Takes the place of one of the same name. */
  register(name: string, selector: NodeSelectorFn): void {
    checkName('the name of a selector', name);
    checkFunction('the selector', selector);
    this.#byName.set(name, selector);
    for (const listener of [...this.#listeners]) listener();
  }

  /** Whether there was one. */
  unregister(name: string): boolean {
    return this.#byName.delete(name);
  }

  get(name: string): NodeSelectorFn | undefined {
    return this.#byName.get(name);
  }

  /** Tells that one was registered, which children may have waited for. */
  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

export const NAMED_SELECTORS: ServiceKey<NamedSelectors> = {
  name: 'selectors by name',
  create: () => new NamedSelectors(),
};
