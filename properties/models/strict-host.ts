import type { ChildPolicy } from '../../src/otp/supervision/child-policy.js';
import { isIndependent } from '../../src/otp/supervision/strategy.js';
import type { SupervisionKernel } from '../../src/otp/supervision/kernel.js';
import type { KernelOptions } from '../../src/otp/supervision/kernel-options.js';
import type { ExitReason } from '../../src/runtime/exit-reason.js';
import type { ChildRequest, HostingMove } from '../arbitraries/hosting-move.js';
import type { Effect, Event } from '../laws/kernel-factory.js';

interface Incarnation {
  readonly id: string;
  readonly attempt: number;
  /** Which node it is on. */
  readonly node: number;
  readonly isTemporary: boolean;
}

/**
 * A host that does what the kernel asks whenever it is told to, and objects to everything that no
 * kernel may ask: a second incarnation of a child, a stop of what does not run, a start out of
 * order, two answers to one request, a word after the end.
 */
export class StrictHost {
  readonly objections: string[] = [];
  readonly #kernel: SupervisionKernel<ChildPolicy, string>;
  readonly #options: KernelOptions;
  readonly #starting: Incarnation[] = [];
  readonly #running: Incarnation[] = [];
  readonly #stopping: Incarnation[] = [];
  readonly #gone: Incarnation[] = [];
  readonly #retries: Extract<Effect, { kind: 'retry' }>[] = [];
  readonly #tokens = new Set<number>();
  readonly #announced = new Map<string, number>();
  readonly #restarts = new Map<string, number>();
  readonly #startsOfTemporary = new Map<string, number>();
  #token = 0;
  #nowMs = 0;
  #hasEnded = false;
  #isEnding = false;
  /** Somebody meddled, so that a child may rightly be at rest. */
  #isTampered = false;

  constructor(
    kernel: SupervisionKernel<ChildPolicy, string>,
    options: KernelOptions,
    children: readonly ChildPolicy[],
  ) {
    this.#kernel = kernel;
    this.#options = options;
    this.#send({ kind: 'start', children });
  }

  make(move: HostingMove): void {
    switch (move.kind) {
      case 'answer':
        return this.#answer(chosen(this.#starting, move.pick), move.how);
      case 'exit':
        return this.#exit(chosen(this.#running, move.pick), move.reason);
      case 'finish':
        return this.#finish(chosen(this.#stopping, move.pick), move.reason);
      case 'lose':
        return this.#lose(move.pick % NODES);
      case 'retry':
        return this.#retry();
      case 'available':
        return this.#send({ kind: 'available' });
      case 'stale':
        return this.#stale();
      case 'inspect':
        return this.#request((token) => ({ kind: 'inspect', token }));
      case 'request':
        return this.#ask(move.what, IDS[move.pick % IDS.length] as string);
      case 'pass':
        this.#nowMs += move.ms;
        return;
      case 'stop':
        return this.#request((token) => ({ kind: 'stop', reason: 'shutdown', token }));
    }
  }

  /** Everything that is under way comes to its end, well, and nothing new begins. */
  settle(): void {
    for (let step = 0; step < 1000; step++) {
      this.#nowMs += 10_000;
      if (this.#starting.length > 0) this.#answer(this.#starting[0], 'started');
      else if (this.#stopping.length > 0) this.#finish(this.#stopping[0], 'shutdown');
      else if (this.#retries.length > 0) this.#retry();
      else if (this.#isWaiting) this.#send({ kind: 'available' });
      else return this.#atRest();
    }
    this.objections.push('it never comes to rest');
  }

  /** Stops it, if it still runs, and looks at what is left. */
  close(): void {
    this.#send({ kind: 'stop', reason: 'shutdown' });
    this.settle();
    if (!this.#hasEnded) this.objections.push('it was stopped and did not end');
    for (const { id } of this.#running) this.objections.push(`${id} outlived it`);
    this.#ask('startChild', 'late');
    if (this.#tokens.size > 0) this.objections.push(`${this.#tokens.size} got no answer`);
    for (const [name] of this.#announced) this.objections.push(`${name} was never told to end`);
  }

  get #isWaiting(): boolean {
    return [...this.#kernel.children()].some(({ status }) => status === 'waiting');
  }

  #atRest(): void {
    if (this.#hasEnded) return;
    if (this.#kernel.phase !== 'running') {
      this.objections.push(`it rests while it is ${this.#kernel.phase}`);
    }
    for (const child of this.#kernel.children()) {
      const { spec, status, attempt } = child;
      const live = this.#running.filter(({ id }) => id === spec.id);
      const isKnown = live.length === 1 && live[0]?.attempt === attempt;
      if (status === 'running' ? !isKnown : live.length > 0) {
        this.objections.push(`${spec.id} is ${status}, and ${live.length} of it run`);
      }
      if (status !== 'running' && status !== 'stopped') {
        this.objections.push(`${spec.id} stays ${status}`);
      }
      const mayRest = this.#isTampered || (spec.significant && !this.#options.strict);
      if (status !== 'running' && spec.restart === 'permanent' && !mayRest) {
        this.objections.push(`${spec.id} is ${status}, and it is permanent`);
      }
    }
    for (const { id } of this.#running) {
      if (this.#kernel.child(id) === undefined) this.objections.push(`nobody knows ${id}`);
    }
  }

  #send(event: Event): void {
    const sizes = this.#kernel.childCount;
    const effects = this.#kernel.handle(event, this.#nowMs);
    for (const effect of effects) this.#perform(effect);
    if (this.#hasEnded && this.#kernel.childCount > sizes)
      this.objections.push('it grew after all');
  }

  #perform(effect: Effect): void {
    if (this.#hasEnded && effect.kind !== 'reply') {
      this.objections.push(`${effect.kind} after the end`);
    }
    switch (effect.kind) {
      case 'start':
        return this.#start(effect);
      case 'stop':
        return this.#stop(effect);
      case 'abandon': {
        const known = take(this.#starting, effect);
        if (known === undefined)
          this.objections.push(`${effect.id} is given up and does not start`);
        else this.#gone.push(known);
        return;
      }
      case 'retry':
        this.#retries.push(effect);
        return;
      case 'reply':
      case 'inspected':
        if (!this.#tokens.delete(effect.token)) this.objections.push('nobody asked');
        return;
      case 'childStarted':
      case 'childRestarted':
        return this.#up(effect);
      case 'childStopped':
        return this.#down(effect);
      case 'report':
        if (effect.context === 'shutdown') this.#isEnding = true;
        return;
      case 'ready':
        if (this.#starting.length > 0) this.objections.push('ready while something starts');
        return;
      case 'exit':
        this.#hasEnded = true;
        if (this.#running.length + this.#stopping.length + this.#starting.length > 0) {
          this.objections.push('it ends before its children did');
        }
    }
  }

  #start({ id, attempt, spec }: Extract<Effect, { kind: 'start' }>): void {
    const present = [this.#starting, this.#running, this.#stopping].flat();
    if (present.some((one) => one.id === id)) this.objections.push(`${id} starts twice`);
    if (this.#isEnding) this.objections.push(`${id} starts at the end`);
    const isOneByOne = !isIndependent(this.#options.strategy) || this.#options.hosting === 'serial';
    if (isOneByOne && this.#starting.length + this.#stopping.length > 0) {
      this.objections.push(`${id} starts while another one is on the move`);
    }
    const isTemporary = spec.restart === 'temporary';
    if (isTemporary) {
      const starts = (this.#startsOfTemporary.get(id) ?? 0) + 1;
      this.#startsOfTemporary.set(id, starts);
      if (starts > 1 && !this.#isTampered) this.objections.push(`${id} is temporary and came back`);
    }
    this.#starting.push({ id, attempt, node: attempt % NODES, isTemporary });
  }

  #stop({ id, attempt, handle }: Extract<Effect, { kind: 'stop' }>): void {
    const known = take(this.#running, { id, attempt });
    if (known === undefined) this.objections.push(`${id} is stopped and does not run`);
    else this.#stopping.push(known);
    if (handle !== `${id}#${attempt}`) this.objections.push(`${id} is stopped as ${handle}`);
  }

  #up(effect: Extract<Effect, { kind: 'childStarted' | 'childRestarted' }>): void {
    const { id, attempt } = effect;
    this.#announced.set(`${id}#${attempt}`, attempt);
    if (effect.kind === 'childStarted') return;
    const restarts = this.#restarts.get(id) ?? 0;
    if (effect.restartCount !== restarts + 1 && !this.#isTampered) {
      this.objections.push(`${id} counts ${effect.restartCount} restarts after ${restarts}`);
    }
    this.#restarts.set(id, effect.restartCount);
  }

  #down({ id, attempt }: Extract<Effect, { kind: 'childStopped' }>): void {
    if (!this.#announced.delete(`${id}#${attempt}`)) this.objections.push(`${id} ends unannounced`);
  }

  #answer(start: Incarnation | undefined, how: string): void {
    if (start === undefined) return;
    take(this.#starting, start);
    const { id, attempt } = start;
    if (how === 'started') {
      this.#running.push(start);
      this.#send({ kind: 'started', id, attempt, handle: `${id}#${attempt}` });
    } else if (how === 'failed') {
      this.#send({ kind: 'failed', id, attempt, reason: BOOM });
    } else if (how === 'ended') {
      this.#send({ kind: 'exited', id, attempt, reason: BOOM });
    } else {
      if (how === 'ignored') this.#isTampered = true;
      this.#send({ kind: how as 'held' | 'ignored', id, attempt });
    }
  }

  #exit(child: Incarnation | undefined, reason: 'boom' | 'normal'): void {
    if (child === undefined) return;
    const { id, attempt } = child;
    take(this.#running, child);
    this.#gone.push(child);
    this.#send({ kind: 'exited', id, attempt, reason: reason === 'boom' ? BOOM : reason });
  }

  #finish(child: Incarnation | undefined, reason: ExitReason): void {
    if (child === undefined) return;
    const { id, attempt } = child;
    take(this.#stopping, child);
    this.#send({ kind: 'exited', id, attempt, reason });
  }

  #lose(node: number): void {
    const lost: Incarnation[] = [];
    for (const list of [this.#starting, this.#running, this.#stopping]) {
      for (const one of [...list]) {
        if (one.node !== node) continue;
        take(list, one);
        lost.push(one);
      }
    }
    this.#gone.push(...lost);
    const children = lost.map(({ id, attempt }) => ({ id, attempt }));
    if (children.length > 0) this.#send({ kind: 'lost', children, reason: 'noconnection' });
  }

  #retry(): void {
    const retry = this.#retries.shift();
    if (retry !== undefined) this.#send(retry);
  }

  /** News of an incarnation that is long gone. */
  #stale(): void {
    const old = this.#gone.at(-1);
    if (old === undefined) return;
    const { id, attempt } = old;
    if (this.#kernel.child(id)?.attempt === attempt) return;
    this.#send({ kind: 'started', id, attempt, handle: `${id}#${attempt}` });
    this.#send({ kind: 'exited', id, attempt, reason: BOOM });
  }

  #ask(what: ChildRequest, id: string): void {
    this.#isTampered = true;
    if (what !== 'startChild') return this.#request((token) => ({ kind: what, token, id }));
    const spec = { id, restart: 'permanent', significant: false, shutdown: 5000 } as const;
    this.#request((token) => ({ kind: what, token, spec }));
  }

  #request(make: (token: number) => Event): void {
    const token = ++this.#token;
    this.#tokens.add(token);
    this.#send(make(token));
  }
}

function chosen<T>(list: readonly T[], pick: number): T | undefined {
  return list.length === 0 ? undefined : list[pick % list.length];
}

function take(
  list: Incarnation[],
  { id, attempt }: Pick<Incarnation, 'id' | 'attempt'>,
): Incarnation | undefined {
  const at = list.findIndex((one) => one.id === id && one.attempt === attempt);
  return at < 0 ? undefined : list.splice(at, 1)[0];
}

const BOOM: ExitReason = { error: new Error('boom') };
const NODES = 3;
const IDS = ['a', 'b', 'c', 'd', 'e'];
