import { NodeId } from '../../base/node-id.js';
import { seededRandom } from '../../platform/random.js';
import { PROTOCOL_VERSION } from '../frame.js';
import type { Hello, IncomingHandshake, NodeIdentity, Welcome } from '../handshake-message.js';
import type {
  LinkNumber,
  MembershipEffect,
  MembershipEvent,
  MembershipTimer,
} from '../membership-event.js';
import { Membership } from '../membership.js';

export const me = { nodeId: NodeId.parse('m@10.0.0.1:1'), incarnation: 5n };
// One whose decision this node takes, and one for which it decides.
export const smaller = { nodeId: NodeId.parse('a@10.0.0.1:2'), incarnation: 7n };
export const larger = { nodeId: NodeId.parse('z@10.0.0.1:3'), incarnation: 9n };

export function helloOf(who: NodeIdentity): Hello {
  const dials = { upTo: 1, open: [1] };
  return { ...who, protocolVersion: PROTOCOL_VERSION, dialled: 'm', link: 1, dials };
}

export function welcomeOf(who: NodeIdentity, options?: { member?: boolean }): Welcome {
  const standing = { ...me, member: options?.member ?? false, ended: [] };
  const dials = { upTo: 0, open: [] };
  return { ...who, protocolVersion: PROTOCOL_VERSION, dials, standing, peers: [] };
}

/** One node's membership, whose peers are played by the test. */
export class Story {
  nowMs = 0;
  readonly membership: Membership;
  readonly timers = new Map<MembershipTimer, number>();
  readonly told: MembershipEffect[] = [];
  #last: readonly MembershipEffect[] = [];

  constructor(seeds: readonly string[] = []) {
    const options = {
      self: me,
      addressOf: (nodeId: NodeId) => nodeId,
      heartbeatIntervalMs: 1000,
      heartbeatMissThreshold: 3,
      reconnectBaseDelayMs: 100,
      reconnectMaxDelayMs: 800,
      handshakeTimeoutMs: 1000,
    };
    this.membership = new Membership(options, seededRandom(1), 0);
    this.tell({ kind: 'started', seeds });
  }

  tell(event: MembershipEvent): void {
    this.#take(this.membership.handle(event, this.nowMs));
  }

  hear(link: LinkNumber, message: IncomingHandshake): void {
    this.tell({ kind: 'handshakeReceived', link, message });
  }

  frame(link: LinkNumber): void {
    this.#take(this.membership.frameReceived(link, this.nowMs));
  }

  accept(): LinkNumber {
    const link = this.membership.nextLink();
    this.tell({ kind: 'linkAccepted', link });
    return link;
  }

  joinedBy(
    who: NodeIdentity,
    options: { peers?: NodeIdentity[]; hello?: Partial<Hello> } = {},
  ): LinkNumber {
    const link = this.accept();
    this.hear(link, { kind: 'hello', payload: { ...helloOf(who), ...options.hello } });
    this.tell({ kind: 'syncReceived', link, peers: options.peers ?? [] });
    return link;
  }

  /** The dialled `link` opens, and its join exchange runs to its end. */
  welcomed(link: LinkNumber, by: NodeIdentity, options?: { member?: boolean }): void {
    this.tell({ kind: 'linkOpened', link });
    this.hear(link, { kind: 'welcome', payload: welcomeOf(by, options) });
    this.tell({ kind: 'syncReceived', link, peers: [] });
  }

  /** What came of the last event. */
  of<Kind extends MembershipEffect['kind']>(kind: Kind) {
    return this.#last.filter(isKind(kind));
  }

  all<Kind extends MembershipEffect['kind']>(kind: Kind) {
    return this.told.filter(isKind(kind));
  }

  kinds(): string[] {
    return this.#last.map((effect) => effect.kind);
  }

  /** Time passes; nobody sends a frame or answers a dial. */
  advance(forMs: number): void {
    const untilMs = this.nowMs + forMs;
    while (this.#fireNext(untilMs)) continue;
    this.nowMs = untilMs;
  }

  advanceUntil(kind: MembershipEffect['kind']): void {
    this.#last = [];
    while (this.#fireNext(Infinity)) if (this.kinds().includes(kind)) return;
  }

  /** Time passes, and timers fire only after it. */
  standStill(forMs: number): void {
    this.nowMs += forMs;
    this.advance(0);
  }

  #fireNext(untilMs: number): boolean {
    const [next] = [...this.timers].sort(([, left], [, right]) => left - right);
    if (next === undefined || next[1] > untilMs) return false;
    this.timers.delete(next[0]);
    this.nowMs = Math.max(this.nowMs, next[1]);
    this.tell({ kind: 'timerFired', timer: next[0] });
    return true;
  }

  #take(effects: readonly MembershipEffect[]): void {
    this.#last = effects;
    this.told.push(...effects);
    for (const effect of effects) {
      if (effect.kind === 'schedule') this.timers.set(effect.timer, this.nowMs + effect.delayMs);
      if (effect.kind === 'cancel') this.timers.delete(effect.timer);
    }
  }
}

function isKind<Kind extends MembershipEffect['kind']>(kind: Kind) {
  return (effect: MembershipEffect): effect is Extract<MembershipEffect, { kind: Kind }> =>
    effect.kind === kind;
}
