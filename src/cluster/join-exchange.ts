import { type NodeIdentity, readIdentities } from './handshake-message.js';

/** A part of what two nodes tell each other when they join, or rejoin. */
export interface JoinPart<Offer = unknown> {
  /** What this node says to `peer`; `undefined` for nothing. */
  offer(peer: NodeIdentity): unknown;
  /** What a peer said, checked; `undefined` when it is malformed, and then its link is closed. */
  read(offered: unknown): Offer | undefined;
  /** Runs before anything else is sent to the peer, and before it counts as up. */
  accept(peer: NodeIdentity, offer: Offer): void;
}

/** The parts of the join exchange, whoever's they are. A part that a peer lacks is passed over. */
export class JoinExchange {
  readonly #parts = new Map<string, JoinPart>();
  #inHand = new Map<string, unknown>();

  add<Offer>(topic: string, part: JoinPart<Offer>): void {
    this.#parts.set(topic, part);
  }

  /** What this node says to `peer`: whom else it is connected to, and every part. */
  offerTo(peer: NodeIdentity, peers: readonly NodeIdentity[]): unknown {
    const parts: Record<string, unknown> = {};
    for (const [topic, part] of this.#parts) {
      const offer = part.offer(peer);
      if (offer !== undefined) parts[topic] = offer;
    }
    return { peers, parts };
  }

  /**
   * Takes what a peer said in hand for {@link accept}, and gives whom it is connected to;
   * `undefined` when any of it is malformed.
   */
  take(payload: unknown): readonly NodeIdentity[] | undefined {
    const { peers, parts } = (payload ?? {}) as { peers?: unknown; parts?: unknown };
    const identities = readIdentities(peers);
    return identities !== undefined && this.#takeParts(parts) ? identities : undefined;
  }

  /** Has every part accept what was taken in hand. */
  accept(peer: NodeIdentity): void {
    const inHand = this.#inHand;
    this.#inHand = new Map();
    for (const [topic, offer] of inHand) this.#parts.get(topic)?.accept(peer, offer);
  }

  #takeParts(offers: unknown): boolean {
    this.#inHand = new Map();
    if (typeof offers !== 'object' || offers === null) return offers === undefined;
    for (const [topic, part] of this.#parts) {
      if (!Object.hasOwn(offers, topic)) continue;
      const offer = part.read((offers as Record<string, unknown>)[topic]);
      if (offer === undefined) return false;
      this.#inHand.set(topic, offer);
    }
    return true;
  }
}
