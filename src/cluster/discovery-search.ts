import { NodeId } from '../base/node-id.js';
import type { Platform, Timer } from '../platform/platform.js';
import type { Address } from '../platform/transport.js';
import { backoffDelayMs } from './backoff.js';
import type { Discovery } from './discovery.js';
import type { MemberListener } from './member-listeners.js';

/** The seeds of a node, as a search for more of them sees them. */
export interface SearchedNode {
  readonly seeds: SeedBook;
  listen(listener: MemberListener): () => void;
}

export interface SeedBook {
  /** Dials those that are new, and forgets those found before that nobody ever answered at. */
  found(addresses: readonly Address[]): void;
  /** Whether no other node is known, or there is a seed that leads to no member. */
  areMissing(): boolean;
}

export interface SearchPauses {
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Asks a discovery for seeds as long as the node is in its cluster: with growing pauses while seeds
 * are missing, at the longest pause otherwise, and soon after a node was lost.
 */
export class SeedSearch {
  readonly #platform: Pick<Platform, 'timers' | 'random' | 'log'>;
  readonly #node: SearchedNode;
  readonly #discovery: Discovery;
  readonly #pauses: SearchPauses;
  readonly #unlisten: () => void;
  #attempt = 0;
  #timer: Timer | undefined;
  #failed = false;
  #closed = false;

  constructor(
    platform: Pick<Platform, 'timers' | 'random' | 'log'>,
    node: SearchedNode,
    discovery: Discovery,
    pauses: SearchPauses,
  ) {
    this.#platform = platform;
    this.#node = node;
    this.#discovery = discovery;
    this.#pauses = pauses;
    this.#unlisten = node.listen({
      down: () => this.#hurry(),
      // Whoever leaves wants to meet nobody.
      leaving: () => this.#end(),
    });
  }

  /** Announces the node and begins to ask. */
  start(self: NodeId): void {
    void this.#announce(self);
    void this.#ask();
  }

  /** Lets go of the discovery. Never rejects. */
  async close(): Promise<void> {
    this.#end();
    try {
      await this.#discovery.close();
    } catch (error) {
      this.#platform.log.warn('a discovery did not close', { error });
    }
  }

  async #announce(self: NodeId): Promise<void> {
    try {
      await this.#discovery.announce?.(self);
    } catch (error) {
      this.#platform.log.warn('this node could not be announced', { error });
    }
  }

  async #ask(): Promise<void> {
    this.#timer = undefined;
    const found = await this.#find();
    if (this.#closed) return;
    if (found !== undefined) this.#node.seeds.found(found);
    const isMissing = found === undefined || this.#node.seeds.areMissing();
    this.#wait(isMissing ? this.#attempt : Infinity);
    this.#attempt = isMissing ? this.#attempt + 1 : 0;
  }

  /** `undefined` when it could not be asked: that is no reason to forget anybody. */
  async #find(): Promise<readonly Address[] | undefined> {
    const { log } = this.#platform;
    try {
      const found = (await this.#discovery.find()).flatMap((text) => {
        const address = seedAddress(text);
        if (address === undefined)
          log.warn('a discovery found what is no address', { found: text });
        return address === undefined ? [] : [address];
      });
      this.#failed = false;
      return [...new Set(found)];
    } catch (error) {
      // Once is enough: it may go on failing for days.
      if (!this.#failed && !this.#closed) {
        log.warn('nodes could not be looked for; it is tried again', { error });
      }
      this.#failed = true;
      return undefined;
    }
  }

  #hurry(): void {
    // While it is being asked, the pause after it is short anyway.
    this.#attempt = 0;
    if (this.#timer !== undefined) this.#wait(0);
  }

  #wait(attempt: number): void {
    const { timers, random } = this.#platform;
    this.#timer?.cancel();
    const delayMs = backoffDelayMs(this.#pauses, attempt, random);
    this.#timer = timers.after(delayMs, () => void this.#ask());
  }

  #end(): void {
    this.#closed = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#unlisten();
  }
}

/** The address in `host:port` or `name@host:port`; `undefined` when it is neither. */
function seedAddress(text: string): Address | undefined {
  const id = NodeId.tryParse(text.includes('@') ? text : `seed@${text}`);
  return id?.slice(id.indexOf('@') + 1);
}
