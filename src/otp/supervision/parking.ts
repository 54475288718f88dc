import type { ChildPolicy } from './child-policy.js';
import type { KernelCore } from './kernel-core.js';
import type { Request } from './kernel-event.js';
import { serve } from './requests.js';

/**
 * Serves requests whose turn has come.
 *
 * A request about a child that is starting or stopping, as where children do so side by side, waits
 * for that child alone, behind earlier requests about it; all others are served at once.
 */
export class Parking<Spec extends ChildPolicy, Handle> {
  readonly #core: KernelCore<Spec, Handle>;
  readonly #waiting = new Map<string, Request<Spec>[]>();

  constructor(core: KernelCore<Spec, Handle>) {
    this.#core = core;
  }

  take(request: Request<Spec>): void {
    const id = childIdOf(request);
    if (id === undefined || !this.#isOnTheMove(id)) {
      serve(this.#core, request);
      return;
    }
    const queue = this.#waiting.get(id);
    if (queue === undefined) this.#waiting.set(id, [request]);
    else queue.push(request);
  }

  /** News of a child came: serves what waited for it, until it is on the move again. */
  release(id: string): void {
    const queue = this.#waiting.get(id);
    while (queue !== undefined && this.#core.phase === 'running' && !this.#isOnTheMove(id)) {
      const request = queue.shift();
      if (request === undefined) {
        this.#waiting.delete(id);
        return;
      }
      serve(this.#core, request);
    }
  }

  /** Gives up all that still waits. */
  clear(): readonly Request<Spec>[] {
    const requests = [...this.#waiting.values()].flat();
    this.#waiting.clear();
    return requests;
  }

  #isOnTheMove(id: string): boolean {
    const status = this.#core.children.get(id)?.status;
    return status === 'starting' || status === 'stopping';
  }
}

function childIdOf<Spec extends ChildPolicy>(request: Request<Spec>): string | undefined {
  if ('id' in request) return request.id;
  return request.kind === 'startChild' ? request.spec.id : undefined;
}
