import fc from 'fast-check';
import { expect } from 'vitest';
import type { Hosting } from '../../src/otp/supervision/kernel-options.js';
import type { RestartIntensity } from '../../src/otp/supervision/restart-window.js';
import type { Strategy } from '../../src/otp/supervision/strategy.js';
import { causes, intensities, type Cause } from '../arbitraries/child-crashes.js';
import { RestartBudget } from '../models/restart-budget.js';
import { permanentFamily, type Effect, type Event, type MakeKernel } from './kernel-factory.js';

/**
 * No window ever holds more restarts than the limit; the restart that would exceed it ends the
 * supervisor, once, and it never ends while another restart is allowed. One cause that takes
 * several children is one charge.
 */
export function restartIntensityLaw(makeKernel: MakeKernel): void {
  fc.assert(
    fc.property(
      fc.constantFrom<Strategy>('one_for_one', 'rest_for_one', 'one_for_all'),
      fc.constantFrom<Hosting>('serial', 'concurrent'),
      intensities(),
      causes(),
      (strategy, hosting, intensity, list) => {
        const supervisor = new PromptHost(makeKernel, strategy, hosting, intensity);
        for (const cause of list) supervisor.suffer(cause);
        supervisor.stop();
      },
    ),
  );
}

/** A host whose children start and stop at once, but for the starts that are due to fail. */
class PromptHost {
  readonly #kernel: ReturnType<MakeKernel>;
  readonly #budget: RestartBudget;
  readonly #attempts = new Map<string, number>();
  readonly #ids: readonly string[];
  #nowMs = 0;
  #failuresDue = 0;
  #exits: string[] = [];

  constructor(
    makeKernel: MakeKernel,
    strategy: Strategy,
    hosting: Hosting,
    intensity: RestartIntensity,
  ) {
    this.#budget = new RestartBudget(intensity);
    this.#kernel = makeKernel({
      strategy,
      hosting,
      intensity,
      autoShutdown: 'never',
      strict: true,
    });
    const children = permanentFamily(4);
    this.#ids = children.map(({ id }) => id);
    this.#feed({ kind: 'start', children });
  }

  suffer({ afterMs, takes, failures }: Cause): void {
    if (this.#exits.length > 0) return;
    this.#nowMs += afterMs;
    this.#failuresDue = failures;
    const children = takes.map((index) => this.#ids[index % this.#ids.length] ?? '');
    const reason = { error: new Error('boom') };
    const isDue = !this.#spend(1 + failures);
    this.#feed({
      kind: 'lost',
      children: children.map((id) => ({ id, attempt: this.#attempts.get(id) ?? 0 })),
      reason,
    });
    expect(this.#exits, isDue ? 'gives up when due' : 'gives up only when due').toEqual(
      isDue ? ['max_restarts'] : [],
    );
  }

  stop(): void {
    const before = this.#exits.length;
    this.#feed({ kind: 'stop', reason: 'shutdown' });
    this.#feed({ kind: 'stop', reason: 'shutdown' });
    expect(this.#exits).toHaveLength(Math.max(before, 1));
  }

  #spend(restarts: number): boolean {
    for (let count = 0; count < restarts; count++) {
      if (!this.#budget.spend(this.#nowMs)) return false;
    }
    return true;
  }

  #feed(first: Event): void {
    const events = [first];
    for (let event = events.shift(); event !== undefined; event = events.shift()) {
      for (const effect of this.#kernel.handle(event, this.#nowMs)) {
        events.push(...this.#answers(effect));
      }
    }
  }

  #answers(effect: Effect): Event[] {
    switch (effect.kind) {
      case 'start': {
        const { id, attempt } = effect;
        expect(this.#exits, 'starts nothing after its end').toEqual([]);
        this.#attempts.set(id, attempt);
        if (this.#failuresDue === 0) {
          return [{ kind: 'started', id, attempt, handle: `${id}#${attempt}` }];
        }
        this.#failuresDue -= 1;
        return [{ kind: 'failed', id, attempt, reason: { error: new Error('init failed') } }];
      }
      case 'stop':
        return [{ kind: 'exited', id: effect.id, attempt: effect.attempt, reason: 'shutdown' }];
      case 'retry':
        return [effect];
      case 'exit':
        this.#exits.push(effect.cause);
        return [];
      default:
        return [];
    }
  }
}
