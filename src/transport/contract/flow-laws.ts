import { demandFrames, frameOf } from './frames.js';
import { law } from './law.js';
import { demand } from './law-broken.js';
import type { WatchedLink } from './watched-link.js';

/** How a sender learns to wait. */
export const flowLaws = [
  law('a full link takes the frame, says false, and drains once', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    for (let round = 1; round <= 3; round++) {
      const before = accepted.frames.length;
      const sent = flood(dialled);
      demand(!dialled.send(sent.next()), 'a full link says false until it drains');
      demand(!dialled.send(sent.next()), 'a full link says false until it drains');
      await witness.settle(() => arrived(accepted, before + sent.count) && !dialled.full);
      demandFrames({ name: accepted.name, frames: accepted.frames.slice(before) }, sent.all());
      demand(dialled.drained === round, `a full link drains once, not ${dialled.drained} times`);
    }
    demand(dialled.send(frameOf(9, 0)), 'a drained link says true');
  }),

  law('a link that was never full does not drain', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    demand(dialled.send(frameOf(1, 0)), 'an empty link says true');
    await witness.settle(() => accepted.frames.length === 1);
    demand(dialled.drained === 0 && accepted.drained === 0, 'onDrain follows a send of false only');
  }),

  law('a link full of empty frames is full as well', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    const sent = flood(dialled, 0);
    await witness.settle(() => arrived(accepted, sent.count) && !dialled.full);
    demandFrames(accepted, sent.all());
    demand(dialled.drained === 1, 'it drains');
  }),

  law('both directions of a link fill and drain on their own', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    const there = flood(dialled);
    demand(accepted.send(frameOf(2, 0)), 'the other direction has room');
    const back = flood(accepted);
    await witness.settle(
      () => arrived(accepted, there.count) && arrived(dialled, back.count + 1) && !dialled.full,
    );
    demandFrames(accepted, there.all());
    demandFrames(dialled, [frameOf(2, 0), ...back.all()]);
    demand(dialled.drained === 1 && accepted.drained === 1, 'each direction drains once');
  }),

  law('a full link leaves room on the link beside it', async (witness) => {
    const { address, accepted } = await witness.listen('right');
    const full = witness.dial('left', address);
    const free = witness.dial('left', address);
    await witness.settle(() => accepted.length === 2 && full.opened + free.opened === 2);
    const sent = flood(full);
    demand(free.send(frameOf(2, 0)), 'the link beside it says true');
    await witness.settle(() => accepted.some((link) => arrived(link, sent.count)) && !full.full);
    demand(full.drained === 1 && free.drained === 0, 'only the full one drains');
  }),

  law('whoever sends on from inside onDrain gets everything across', async (witness) => {
    let next = 0;
    const pump = (link: WatchedLink): void => {
      while (next < PUMPED) if (!link.send(frameOf(1, next++, CHUNK_BYTES))) return;
    };
    const { dialled, accepted } = await witness.pair({ onDrain: pump });
    pump(dialled);
    await witness.settle(() => arrived(accepted, PUMPED));
    demandFrames(
      accepted,
      Array.from({ length: PUMPED }, (_, sequence) => frameOf(1, sequence, CHUNK_BYTES)),
    );
    demand(dialled.drained > 0, 'that much does not fit at once');
  }),

  law('a full link that is closed has nothing more to tell', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    const sent = flood(dialled);
    dialled.close();
    await witness.settle(() => dialled.ended && accepted.ended);
    demandFrames(accepted, sent.all());
    demand(dialled.drained === 0, 'a closed link does not drain');
  }),
];

interface Flood {
  readonly count: number;
  /** One frame more, to be sent by the caller. */
  next(): Uint8Array;
  /** Every frame up to now. */
  all(): Uint8Array[];
}

/** Sends until the link says false. */
function flood(link: WatchedLink, size = CHUNK_BYTES): Flood {
  let count = 0;
  const next = (): Uint8Array => frameOf(1, count++, size);
  const limit = size === 0 ? EMPTY_LIMIT : FLOOD_LIMIT_BYTES / size;
  while (link.send(next())) {
    demand(count < limit, `send says false before ${count} frames of ${size} bytes wait`);
  }
  return {
    next,
    get count() {
      return count;
    },
    all: () => Array.from({ length: count }, (_, sequence) => frameOf(1, sequence, size)),
  };
}

function arrived(link: WatchedLink, count: number): boolean {
  return link.frames.length >= count;
}

const CHUNK_BYTES = 65_536;
const FLOOD_LIMIT_BYTES = 64 * 1_048_576;
const EMPTY_LIMIT = 500_000;
// 6.25 MiB: more than any sensible limit lets wait at once.
const PUMPED = 100;
