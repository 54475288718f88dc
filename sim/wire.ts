import { invariant, unreachable } from '../src/base/assert.js';
import type { Connection, Crossing, Parcel, Posted, Way } from './connection.js';
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
  heldDial(way: Way, dial: Posted): void;
  dropped(way: Way, posted: Posted): void;
  /** A rule takes it out of the order of its way: it arrives by itself, at `posted.atUs`. */
  scheduleStray(way: Way, posted: Posted): void;
  /** A rule, or the draw after a heal, ends the connection for both sides. */
  broken(connection: Connection): void;
  note(kind: WireNote, way: Way, crossing?: Crossing): void;
}

export type WireNote =
  'held' | 'dropped' | 'released' | 'reset' | 'duplicated' | 'reordered' | 'corrupted';

export interface PostOptions {
  /** No rule is asked about it. */
  readonly judged?: boolean;
  /** On top of its latency. */
  readonly extraUs?: number;
  /** The number of the message that this is another try of. */
  readonly message?: number;
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
  #messages = 0;

  constructor(options: WireOptions, draws: Draws, hooks: WireHooks) {
    this.#options = options;
    this.#draws = draws;
    this.#hooks = hooks;
  }

  /** Sends a parcel, and numbers it. */
  post(way: Way, parcel: Parcel, options: PostOptions = {}): Posted {
    const { latencyUs } = this.#options;
    const number = way.count++;
    const latency = way.latency.between(latencyUs.min, latencyUs.max, number);
    const takesUs = latency + (options.extraUs ?? 0);
    const atUs = Math.max(this.#hooks.nowUs() + takesUs, way.lastUs);
    way.lastUs = atUs;
    const posted: Posted = {
      message: options.message ?? this.#messages++,
      from: way.from.host.index,
      to: way.to.host.index,
      parcel,
      number,
      atUs,
      tie: way.ties.at(number),
      judged: options.judged ?? false,
      delayed: false,
      copy: false,
    };
    way.posted.push(posted);
    this.#scheduleHead(way);
    return posted;
  }

  /** The parcel whose time has come; `undefined` when a rule or a reset came before it. */
  deliver(way: Way): Posted | undefined {
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
    return head;
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
      if (head !== undefined && this.#isHeld(way, head)) continue;
      this.#stalled.delete(way);
      way.stalled = false;
      if (head === undefined) continue;
      this.#hooks.note('released', way, head);
      if (way.safely) this.#resume(way, head, 0);
      else this.#recover(way, head);
    }
  }

  // Only the head of a way is in the event queue: whatever the ties say, the rest follows it.
  #scheduleHead(way: Way): void {
    const head = way.posted.peek();
    if (head === undefined || way.scheduled || way.stalled) return;
    way.scheduled = true;
    this.#hooks.scheduleDelivery(way, head);
  }

  /** Whether it arrives now; whatever else becomes of it is done. */
  #passes(way: Way, head: Posted): boolean {
    const verdict = this.#judge(way, head);
    switch (verdict.kind) {
      case 'pass':
        return true;
      case 'corrupt':
        this.#hooks.note('corrupted', way, head);
        head.parcel = corrupted(head.parcel, verdict.bit);
        return true;
      case 'duplicate':
        this.#hooks.note('duplicated', way, head);
        this.#stray(way, { ...head, copy: true }, verdict.byUs);
        return true;
      case 'delay':
        if (head.delayed) return true;
        head.delayed = true;
        head.atUs += verdict.byUs;
        way.lastUs = Math.max(way.lastUs, head.atUs);
        break;
      case 'cut':
        this.#hooks.note('reset', way, head);
        this.#hooks.broken(way.from.connection);
        return false;
      case 'drop':
        this.#hooks.note('dropped', way, head);
        way.posted.shift();
        this.#hooks.dropped(way, head);
        break;
      case 'reorder':
        this.#hooks.note('reordered', way, head);
        way.posted.shift();
        this.#stray(way, head, verdict.byUs);
        break;
      case 'hold':
        this.#hooks.note('held', way, head);
        this.#hold(way, head, verdict.safely === true);
        break;
      default:
        return unreachable(verdict);
    }
    this.#scheduleHead(way);
    return false;
  }

  #hold(way: Way, head: Posted, safely: boolean): void {
    if (head.parcel.kind === 'dial' && !safely) {
      this.#hooks.heldDial(way, head);
      return;
    }
    way.stalled = true;
    way.safely = safely;
    this.#stalled.add(way);
  }

  #isHeld(way: Way, head: Posted): boolean {
    const verdict = this.#judge(way, head);
    if (verdict.kind !== 'hold') return false;
    way.safely = verdict.safely === true;
    return true;
  }

  #judge(way: Way, head: Posted): Verdict {
    if (this.rules.quiet) return PASS;
    return this.rules.judge(passageOf(way, head, this.#hooks.nowUs()));
  }

  #stray(way: Way, posted: Posted, byUs: number): void {
    this.#hooks.scheduleStray(way, { ...posted, atUs: this.#hooks.nowUs() + byUs });
  }

  // The sender's TCP sends again when its timer says so, or had given up meanwhile.
  #recover(way: Way, head: Posted): void {
    const { key } = way.from.connection;
    const fate = this.#draws.number('after-heal', key, this.#hooks.nowUs());
    if (fate % 3 === 0) this.#hooks.broken(way.from.connection);
    else
      this.#resume(way, head, this.#draws.between(0, RETRANSMISSION_US, 'resume', key, way.count));
  }

  #resume(way: Way, head: Posted, waitUs: number): void {
    head.atUs = this.#hooks.nowUs() + waitUs;
    way.lastUs = Math.max(way.lastUs, head.atUs);
    this.#scheduleHead(way);
  }
}

function passageOf(way: Way, { parcel, number }: Posted, nowUs: number): Passage {
  return {
    what: parcel.kind === 'drain' ? 'answer' : parcel.kind,
    from: way.from.host.index,
    to: way.to.host.index,
    connection: way.from.connection.key,
    direction: way.direction,
    number,
    bytes: parcel.kind === 'frame' ? parcel.bytes : undefined,
    nowUs,
  };
}

function corrupted(parcel: Parcel, bit: number): Parcel {
  invariant(parcel.kind === 'frame', 'only frames have bits');
  const bytes = new Uint8Array(parcel.bytes);
  const at = bit >> 3;
  bytes[at] = (bytes[at] ?? 0) ^ (1 << (bit & 7));
  return { kind: 'frame', bytes };
}

const PASS: Verdict = { kind: 'pass' };
const RETRANSMISSION_US = 300_000;
