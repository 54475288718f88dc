import type { NodeId } from '../../src/base/node-id.js';
import { Membership } from '../../src/cluster/membership.js';
import type {
  LinkNumber,
  MembershipEffect,
  MembershipEvent,
  MembershipTimer,
} from '../../src/cluster/membership-event.js';
import type { Random } from '../../src/platform/platform.js';
import { besieged, type MembershipMove } from '../arbitraries/membership-move.js';
import { MembershipJudge } from './membership-judge.js';

/** One membership whose peers, links and timers do as they like. */
export class BesiegedMembership {
  readonly timers = new Set<MembershipTimer>();
  readonly #judge = new MembershipJudge(besieged);
  readonly #membership: Membership;
  readonly #links: LinkNumber[] = [];
  #nowMs = 0;

  constructor(random: Random) {
    const options = {
      self: besieged,
      addressOf: (nodeId: NodeId) => nodeId,
      heartbeatIntervalMs: 1000,
      heartbeatMissThreshold: 3,
      reconnectBaseDelayMs: 100,
      reconnectMaxDelayMs: 800,
      handshakeTimeoutMs: 1000,
    };
    this.#membership = new Membership(options, random, 0);
    this.#tell({ kind: 'started', seeds: ['seed:1', 'seed:2'] });
  }

  take(move: MembershipMove): void {
    switch (move.kind) {
      case 'accept': {
        const link = this.#membership.nextLink();
        this.#links.push(link);
        return this.#tell({ kind: 'linkAccepted', link });
      }
      case 'stop':
        return this.#tell({ kind: 'stopped' });
      case 'opened':
        return this.#tell({ kind: 'linkOpened', link: this.#link(move.link) });
      case 'frame':
        return this.#judgeAll(this.#membership.frameReceived(this.#link(move.link), this.#nowMs));
      case 'leave':
        return this.#tell({ kind: 'leaveReceived', link: this.#link(move.link) });
      case 'violated':
        return this.#tell({ kind: 'violated', link: this.#link(move.link), why: 'garbage' });
      case 'closed':
        return this.#tell({
          kind: 'linkClosed',
          link: this.#link(move.link),
          reason: move.reason,
        });
      case 'hello':
      case 'welcome':
      case 'reject':
        return this.#tell({
          kind: 'handshakeReceived',
          link: this.#link(move.link),
          message: { kind: move.kind, payload: move.payload },
        });
      case 'sync':
        return this.#tell({
          kind: 'syncReceived',
          link: this.#link(move.link),
          peers: move.peers,
        });
      case 'timer':
        return this.#fire(move.timer);
      case 'pass':
        this.#nowMs += move.forMs;
        return;
    }
  }

  #fire(index: number): void {
    const timer = [...this.timers][index % Math.max(1, this.timers.size)];
    if (timer === undefined) return;
    this.timers.delete(timer);
    this.#tell({ kind: 'timerFired', timer });
  }

  // The latest ones are the ones in use.
  #link(index: number): LinkNumber {
    return this.#links[this.#links.length - 1 - (index % Math.max(1, this.#links.length))] ?? 0;
  }

  #tell(event: MembershipEvent): void {
    this.#judgeAll(this.#membership.handle(event, this.#nowMs));
  }

  #judgeAll(effects: readonly MembershipEffect[]): void {
    for (const effect of effects) {
      this.#judge.see(effect);
      if (effect.kind === 'dial') this.#links.push(effect.link);
      if (effect.kind === 'schedule') this.timers.add(effect.timer);
      if (effect.kind === 'cancel') this.timers.delete(effect.timer);
    }
  }
}
