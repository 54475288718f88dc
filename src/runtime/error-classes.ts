import type { ErrorClass } from '../base/errors.js';
import type { ServiceKey } from './service.js';

/**
 * The classes of typed errors that a runtime can rebuild, by code. Each floor puts in its own, so
 * that an error of any floor is an instance of its class again on the node that it reaches.
 */
export class ErrorClasses {
  readonly #byCode = new Map<string, ErrorClass>();

  constructor(classes: readonly ErrorClass[] = []) {
    this.add(classes);
  }

  add(classes: readonly ErrorClass[]): void {
    for (const Class of classes) this.#byCode.set(Class.code, Class);
  }

  has(code: string): boolean {
    return this.#byCode.has(code);
  }

  get(code: string): ErrorClass | undefined {
    return this.#byCode.get(code);
  }
}

export const ERROR_CLASSES: ServiceKey<ErrorClasses> = {
  name: 'error classes',
  create: () => new ErrorClasses(),
};
