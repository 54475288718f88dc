import type { Mishap } from '../arbitraries/child-mishap.js';
import type { Effect, Event, Kernel } from '../laws/kernel-factory.js';

/** Where a child really is, whatever the kernel has heard of it. */
export type Truth = 'down' | 'starting' | 'failed' | 'held' | 'up' | 'dead' | 'stopping';

/** A child as the world knows it. `dead`: it was up and ended without being asked to. */
export interface Member {
  readonly id: string;
  attempt: number;
  truth: Truth;
}

/** Told of every effect just before it takes hold, and once more at the very end. */
export interface Witness {
  onEffect(effect: Effect, family: Family): void;
}

/**
 * The children of one supervisor and what really becomes of them, with answers that come late, in
 * any order, or in the form of a crash.
 */
export class Family {
  readonly members: readonly Member[];
  readonly #kernel: Kernel;
  readonly #witness: Witness;
  readonly #canHold: boolean;
  #retries: Event[] = [];
  #exits = 0;

  constructor(
    ids: readonly string[],
    kernel: Kernel,
    witness: Witness,
    { canHold }: { readonly canHold: boolean },
  ) {
    this.members = ids.map((id) => ({ id, attempt: 0, truth: 'down' }));
    this.#kernel = kernel;
    this.#witness = witness;
    this.#canHold = canHold;
  }

  get exits(): number {
    return this.#exits;
  }

  indexOf(id: string): number {
    return this.members.findIndex((member) => member.id === id);
  }

  feed(event: Event): void {
    for (const effect of this.#kernel.handle(event, 0)) {
      this.#witness.onEffect(effect, this);
      this.#apply(effect);
    }
  }

  suffer(mishap: Mishap): void {
    switch (mishap.kind) {
      case 'answer':
        this.#answer(this.#pick(mishap.pick, ['starting']), mishap.how);
        break;
      case 'stopped':
        this.#end(this.#pick(mishap.pick, ['stopping']), 'down');
        break;
      case 'crash':
        this.#end(this.#pick(mishap.pick, ['up', 'stopping']), 'dead');
        break;
      case 'lose':
        this.#lose(mishap.bits);
        break;
      case 'retry':
        this.#retry();
        break;
      case 'available':
        this.feed({ kind: 'available' });
    }
  }

  /** Answers everything, well, until nothing is left to answer. */
  calmDown(): void {
    for (let rounds = 0; rounds < 10_000; rounds++) {
      const starting = this.#pick(0, ['starting']);
      const stopping = this.#pick(0, ['stopping']);
      if (stopping !== undefined) this.#end(stopping, 'down');
      else if (starting !== undefined) this.#answer(starting, 'started');
      else if (this.#retries.length > 0) this.#retry();
      else if (this.#pick(0, ['held']) !== undefined) this.feed({ kind: 'available' });
      else return;
    }
    throw new Error('the family never comes to rest');
  }

  #apply(effect: Effect): void {
    if (effect.kind === 'exit') this.#exits += 1;
    if (effect.kind === 'retry') this.#retries.push(effect);
    if (effect.kind !== 'start' && effect.kind !== 'stop' && effect.kind !== 'abandon') return;
    const member = this.members[this.indexOf(effect.id)];
    if (member === undefined) throw new Error(`no child ${effect.id}`);
    if (effect.kind === 'start') {
      member.attempt = effect.attempt;
      member.truth = 'starting';
    } else if (effect.kind === 'stop') {
      if (member.truth === 'up') member.truth = 'stopping';
    } else if (member.truth === 'starting') {
      member.truth = 'down';
    }
  }

  #answer(member: Member | undefined, how: 'started' | 'failed' | 'held'): void {
    if (member === undefined) return;
    const { id, attempt } = member;
    if (how === 'started') {
      member.truth = 'up';
      this.feed({ kind: 'started', id, attempt, handle: `${id}#${attempt}` });
    } else if (how === 'failed' || !this.#canHold) {
      member.truth = 'failed';
      this.feed({ kind: 'failed', id, attempt, reason: { error: new Error('init failed') } });
    } else {
      member.truth = 'held';
      this.feed({ kind: 'held', id, attempt });
    }
  }

  #end(member: Member | undefined, truth: 'down' | 'dead'): void {
    if (member === undefined) return;
    const { id, attempt } = member;
    member.truth = truth;
    const reason = truth === 'down' ? 'shutdown' : { error: new Error('boom') };
    this.feed({ kind: 'exited', id, attempt, reason });
  }

  #lose(bits: number): void {
    const taken = this.members.filter(
      ({ truth }, index) =>
        (bits & (1 << index)) !== 0 &&
        (truth === 'up' || truth === 'stopping' || truth === 'starting'),
    );
    if (taken.length === 0) return;
    for (const member of taken) member.truth = member.truth === 'starting' ? 'failed' : 'dead';
    const children = taken.map(({ id, attempt }) => ({ id, attempt }));
    this.feed({ kind: 'lost', children, reason: 'noconnection' });
  }

  #retry(): void {
    const retry = this.#retries.shift();
    if (retry !== undefined) this.feed(retry);
  }

  #pick(pick: number, truths: readonly Truth[]): Member | undefined {
    const fitting = this.members.filter(({ truth }) => truths.includes(truth));
    return fitting[pick % Math.max(fitting.length, 1)];
  }
}
