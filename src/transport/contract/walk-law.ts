import type { Side } from './bench.js';
import { opposite } from './bench.js';
import { demandPrefix, frameOf, sameBytes } from './frames.js';
import { law } from './law.js';
import { demand } from './law-broken.js';
import type { WatchedLink } from './watched-link.js';
import type { Witness } from './witness.js';

/** Drawn mixtures of everything: each walk dials, sends, closes and settles as its seed says. */
export const walkLaws = Array.from({ length: 5 }, (_, seed) =>
  law(`any mixture of dials, sends and closes keeps each link in order (walk ${seed})`, (witness) =>
    new Walk(witness, seed).run(),
  ),
);

/** One end of a link together with what was sent on it. */
interface End {
  readonly link: WatchedLink;
  readonly stream: number;
  readonly sent: Uint8Array[];
}

class Walk {
  readonly #witness: Witness;
  readonly #ends: End[] = [];
  readonly #accepted = new Map<WatchedLink, End>();
  readonly #addresses = new Map<Side, string>();
  #streams = 0;
  #state: number;

  constructor(witness: Witness, seed: number) {
    this.#witness = witness;
    this.#state = (seed + 1) * 0x9e3779b1;
  }

  async run(): Promise<void> {
    for (const side of ['left', 'right'] as const) {
      const { address } = await this.#witness.listen(side, {}, (link) => {
        this.#accepted.set(link, this.#end(link));
      });
      this.#addresses.set(side, address);
    }
    for (let step = 0; step < STEPS; step++) await this.#step();
    await this.#witness.settle(() => this.#ends.every((end) => this.#quiet(end)));
    for (const end of this.#ends) if (!this.#accepted.has(end.link)) this.#judge(end);
  }

  async #step(): Promise<void> {
    const choice = this.#below(20);
    if (choice < 2 || this.#ends.length === 0) this.#dial();
    else if (choice < 15) this.#send(this.#ends[this.#below(this.#ends.length)]);
    else if (choice < 16) this.#ends[this.#below(this.#ends.length)]?.link.close();
    else await this.#witness.settle();
  }

  #dial(): void {
    const side = this.#below(2) === 0 ? 'left' : 'right';
    const address = this.#addresses.get(opposite(side)) ?? '';
    this.#greet(this.#end(this.#witness.dial(side, address)));
  }

  // The first frame of a dialled end tells the accepted end which link it belongs to.
  #greet(end: End): void {
    end.sent.push(frameOf(end.stream, 0));
    end.link.send(frameOf(end.stream, 0));
  }

  #send(end: End | undefined): void {
    if (end === undefined) return;
    const live = !end.link.ended && !end.link.closedByUs;
    for (let count = this.#below(6); count >= 0; count--) {
      const size = this.#below(15) === 0 ? 40_000 + this.#below(60_000) : 16 + this.#below(300);
      const sequence = end.sent.length;
      end.link.send(frameOf(end.stream, sequence, size));
      if (live) end.sent.push(frameOf(end.stream, sequence, size));
    }
  }

  #judge(end: End): void {
    const others = [...this.#accepted.values()].filter(({ link }) => link.side !== end.link.side);
    const partner = partnerOf(end, others);
    if (partner === undefined) {
      const unmet = others.some(({ link }) => link.closedByUs && link.frames.length === 0);
      demand(end.link.closedByUs || unmet, `${end.link.name} reaches the side it dialled`);
      demandPrefix(end.link, []);
      return;
    }
    demandDelivered(end, partner);
    demandDelivered(partner, end);
    const closed = end.link.closedByUs || partner.link.closedByUs;
    demand(closed === end.link.ended, `${end.link.name} ends when one side closes it`);
    demand(closed === partner.link.ended, `${partner.link.name} ends when one side closes it`);
  }

  #quiet({ link }: End): boolean {
    return link.opened > 0 || link.ended;
  }

  #end(link: WatchedLink): End {
    const end = { link, stream: this.#streams++, sent: [] };
    this.#ends.push(end);
    return end;
  }

  #below(bound: number): number {
    this.#state = (Math.imul(this.#state, 1664525) + 1013904223) >>> 0;
    return Math.floor((this.#state / 2 ** 32) * bound);
  }
}

// Either end may have closed before the first frame of the other one came.
function partnerOf(end: End, others: readonly End[]): End | undefined {
  return (
    others.find(({ link }) => begins(link.frames, end.sent)) ??
    others.find(({ sent }) => begins(end.link.frames, sent))
  );
}

function begins(frames: readonly Uint8Array[], sent: readonly Uint8Array[]): boolean {
  const [first, second] = [frames[0], sent[0]];
  return first !== undefined && second !== undefined && sameBytes(first, second);
}

function demandDelivered(from: End, to: End): void {
  demandPrefix(to.link, from.sent);
  const complete = to.link.frames.length === from.sent.length;
  demand(complete || to.link.closedByUs, `${to.link.name} gets all that was sent`);
}

const STEPS = 400;
