import { BEHAVIORS } from '../../cluster/behavior-registry.js';
import type { AnyBehavior } from '../../otp/behavior.js';
import type { Context } from '../../otp/context.js';
import { cast } from '../../otp/cast.js';
import { sendAfter } from '../../otp/send-after.js';
import type { Runtime } from '../../runtime/runtime.js';
import { type DistributedChildSpec } from '../distributed-child.js';
import type { HostNode } from './supervision-world.js';

interface Act {
  readonly childId: string;
  readonly processId: string;
  readonly atMs: number;
}

/** What children that act every 10 ms do on which node, in order. */
export class ActLog {
  readonly #acts: Act[] = [];

  /** Lets a node run behaviour `ticker`. */
  hostOn({ runtime }: HostNode): void {
    runtime.use(BEHAVIORS).register('ticker', this.#ticker(runtime));
  }

  /** The incarnations of a child in the order in which they began to act, as `n1 n2`. */
  placesOf(childId: string): string {
    return this.#of(childId)
      .map(({ processId }) => processId)
      .filter((id, at, all) => id !== all[at - 1])
      .map((id) => /_(n\d+)@/.exec(id)?.[1] ?? id)
      .join(' ');
  }

  /** Children of which an incarnation acted after a later one had begun to. */
  overlaps(): string[] {
    const ids = [...new Set(this.#acts.map(({ childId }) => childId))];
    return ids.filter((childId) => {
      const runs = this.#of(childId)
        .map(({ processId }) => processId)
        .filter((id, at, all) => id !== all[at - 1]);
      return new Set(runs).size < runs.length;
    });
  }

  /** The longest while from `fromMs` on in which the child did nothing. */
  longestPauseMs(childId: string, fromMs: number): number {
    const times = this.#of(childId).map(({ atMs }) => atMs);
    const later = times.filter((atMs) => atMs >= fromMs);
    return later.reduce((most, atMs, at) => Math.max(most, atMs - (later[at - 1] ?? fromMs)), 0);
  }

  lastMs(childId: string, on: string): number {
    const acts = this.#of(childId).filter(({ processId }) => processId.includes(`_${on}@`));
    return acts.at(-1)?.atMs ?? -Infinity;
  }

  firstMs(childId: string, on: string): number {
    const acts = this.#of(childId).filter(({ processId }) => processId.includes(`_${on}@`));
    return acts[0]?.atMs ?? Infinity;
  }

  #of(childId: string): Act[] {
    return this.#acts.filter((act) => act.childId === childId);
  }

  #act(runtime: Runtime, childId: string, processId: string): void {
    this.#acts.push({ childId, processId, atMs: runtime.platform.clock.nowMs() });
  }

  #ticker(runtime: Runtime): AnyBehavior {
    const wait = (delayMs: number): Promise<void> =>
      new Promise((resolve) => void runtime.platform.timers.after(delayMs, resolve));
    return {
      init: (childId: string) => {
        const id = runtime.running?.id as string;
        this.#act(runtime, childId, id);
        sendAfter(runtime, { id }, 'tick', 10);
        return childId;
      },
      handleCall: async (order: TickerOrder, childId: string, context: Context) => {
        if ('afterMs' in order) await wait(order.afterMs);
        if (order.kind === 'boom') throw new Error('boom');
        this.#act(runtime, childId, context.self.id);
        if (order.kind === 'cast') cast(runtime, context.self, 'noted');
        if (order.kind === 'send') {
          try {
            context.cast(context.self, 'noted');
          } catch (error) {
            return [(error as { code?: string }).code, childId];
          }
        }
        return [context.self.id, childId];
      },
      handleCast: (_message: unknown, childId: string) => childId,
      handleInfo: (_tick: unknown, childId: string, context: Context) => {
        this.#act(runtime, childId, context.self.id);
        context.sendAfter('tick', 10);
        return childId;
      },
    };
  }
}

/** What a ticker may be asked. */
export type TickerOrder =
  | { readonly kind: 'boom' | 'who' | 'cast' }
  | { readonly kind: 'send' | 'who'; readonly afterMs: number };

/** A child spec of behaviour `ticker`. */
export function tickerSpec(
  id: string,
  extra: Partial<DistributedChildSpec> = {},
): DistributedChildSpec {
  return { id, behavior: 'ticker', args: [id], ...extra };
}
