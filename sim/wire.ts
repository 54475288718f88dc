import type { Connection, Parcel, Posted, Way } from './connection.js';
import type { Draws } from './draw.js';
import { FaultRules, type Passage, type Verdict } from './fault.js';

export interface WireOptions {
  readonly latencyUs: { readonly min: number; readonly max: number };
}

/** What the wire asks of the network whose parcels it carries. */
export interface WireHooks {
  nowUs(): number;
  scheduleDelivery(way: Way, head: Posted): void;
  /** A rule held a dial: nothing is behind it, and nobody waits in its place. */
  heldDial(way: Way): void;
  dropped(way: Way, parcel: Parcel): void;
  /** A rule, or the draw after a heal, ends the connection for both sides. */
  broken(connection: Connection): void;
  note(kind: 'held' | 'dropped' | 'released' | 'reset', way: Way): void;
}

/**
 * Carries parcels along ways: how long each takes, that they keep their order, and what the rules
 * in force do to them. What a parcel means is not its business.
 */
export class Wire {
  readonly rules = new FaultRules();
  readonly #stalled = new Set<Way>();
  readonly #options: WireOptions;
  readonly #draws: Draws;
  readonly #hooks: WireHooks;

  constructor(options: WireOptions, draws: Draws, hooks: WireHooks) {
    this.#options = options;
    this.#draws = draws;
    this.#hooks = hooks;
  }

  /** Sends a parcel. `judged`: the rules let it be. `extraUs` comes on top of its latency. */
  post(way: Way, parcel: Parcel, options: { judged?: boolean; extraUs?: number } = {}): void {
    const { latencyUs } = this.#options;
    const n = way.count++;
    const takesUs = way.latency.between(latencyUs.min, latencyUs.max, n) + (options.extraUs ?? 0);
    const atUs = Math.max(this.#hooks.nowUs() + takesUs, way.lastUs);
    way.lastUs = atUs;
    way.posted.push({ parcel, atUs, tie: way.ties.at(n), judged: options.judged ?? false });
    this.#scheduleHead(way);
  }

  /** The parcel whose time has come; `undefined` when a rule or a reset came before it. */
  deliver(way: Way): Parcel | undefined {
    way.scheduled = false;
    const head = way.posted.peek();
    if (head === undefined) return undefined;
    if (head.atUs > this.#hooks.nowUs()) {
      // The head that this event was for was thrown away, and another one has come since.
      this.#scheduleHead(way);
      return undefined;
    }
    if (!head.judged && !this.#passes(way, head)) return undefined;
    way.posted.shift();
    this.#scheduleHead(way);
    return head.parcel;
  }

  /** Throws away what is on its way, and what held it. */
  clear(way: Way): void {
    way.posted.clear();
    way.stalled = false;
    this.#stalled.delete(way);
  }

  /** Call it whenever a rule was taken away: what is held goes on, or its connection breaks. */
  release(): void {
    for (const way of [...this.#stalled]) {
      if (!this.#stalled.has(way)) continue;
      const head = way.posted.peek();
      if (head !== undefined && this.#judge(way, head).kind === 'hold') continue;
      this.#stalled.delete(way);
      way.stalled = false;
      if (head === undefined) continue;
      this.#hooks.note('released', way);
      const { key } = way.from.connection;
      const fate = this.#draws.number('after-heal', key, this.#hooks.nowUs());
      if (fate % 3 === 0) this.#hooks.broken(way.from.connection);
      else this.#resume(way, head);
    }
  }

  // Only the head of a way is in the event queue: whatever the ties say, the rest follows it.
  #scheduleHead(way: Way): void {
    const head = way.posted.peek();
    if (head === undefined || way.scheduled || way.stalled) return;
    way.scheduled = true;
    this.#hooks.scheduleDelivery(way, head);
  }

  #passes(way: Way, head: Posted): boolean {
    const verdict = this.#judge(way, head);
    if (verdict.kind === 'pass') return true;
    if (verdict.kind === 'delay') {
      head.judged = true;
      head.atUs += verdict.byUs;
      way.lastUs = Math.max(way.lastUs, head.atUs);
    } else if (verdict.kind === 'cut') {
      this.#hooks.note('reset', way);
      this.#hooks.broken(way.from.connection);
      return false;
    } else if (verdict.kind === 'drop') {
      this.#hooks.note('dropped', way);
      way.posted.shift();
      this.#hooks.dropped(way, head.parcel);
    } else {
      this.#hooks.note('held', way);
      if (head.parcel.kind === 'dial') {
        this.#hooks.heldDial(way);
      } else {
        way.stalled = true;
        this.#stalled.add(way);
      }
    }
    this.#scheduleHead(way);
    return false;
  }

  #judge(way: Way, head: Posted): Verdict {
    if (this.rules.quiet) return PASS;
    return this.rules.judge(passageOf(way, head.parcel, this.#hooks.nowUs()));
  }

  #resume(way: Way, head: Posted): void {
    const { key } = way.from.connection;
    const waitUs = this.#draws.between(0, RETRANSMISSION_US, 'resume', key, way.count);
    head.atUs = this.#hooks.nowUs() + waitUs;
    way.lastUs = Math.max(way.lastUs, head.atUs);
    this.#scheduleHead(way);
  }
}

function passageOf(way: Way, parcel: Parcel, nowUs: number): Passage {
  return {
    what: parcel.kind === 'drain' ? 'answer' : parcel.kind,
    from: way.from.host.index,
    to: way.to.host.index,
    connection: way.from.connection.key,
    bytes: parcel.kind === 'frame' ? parcel.bytes : undefined,
    nowUs,
  };
}

const PASS: Verdict = { kind: 'pass' };
// After a heal TCP sends again when its timer says so, not at once.
const RETRANSMISSION_US = 300_000;
