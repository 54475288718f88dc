import { ListenError } from '../../platform/transport.js';
import type { CloseReason } from '../../platform/transport.js';
import { opposite } from './bench.js';
import { demandFrames, frameOf, framesOf } from './frames.js';
import { law } from './law.js';
import { demand } from './law-broken.js';
import type { WatchedLink } from './watched-link.js';
import type { Witness } from './witness.js';

/** How links begin and how they end. */
export const lifeLaws = [
  law('a dialled link opens once at both ends', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    demand(dialled.opened === 1 && accepted.opened === 1, 'a link opens once at each end');
    demand(witness.links.length === 2, 'one dial is accepted once');
    demand(!dialled.ended && !accepted.ended, 'an idle link stays open');
  }),

  law('either side can dial the other', async (witness) => {
    for (const side of ['left', 'right'] as const) {
      const { address, accepted } = await witness.listen(opposite(side));
      const dialled = witness.dial(side, address);
      await witness.settle(() => dialled.opened > 0 && accepted.length > 0);
      demand(dialled.opened === 1, `${side} reaches the other side`);
      demand(accepted.length === 1, `the other side accepts the dial of ${side}`);
    }
  }),

  law('listening resolves to the address that peers dial', async (witness) => {
    const { address } = await witness.listen('right');
    demand(address === witness.bench.addresses.right, 'listen resolves to the address to dial');
  }),

  law('a dial to nobody ends as refused and does nothing else', async (witness) => {
    const dialled = witness.dial('left', witness.bench.nobody);
    dialled.send(frameOf(1, 0));
    await witness.settle(() => dialled.ended);
    demandEnd(dialled, 'refused');
    demand(dialled.opened === 0 && dialled.drained === 0, 'a refused dial has no other event');
    demand(!dialled.send(frameOf(1, 1)), 'send on a refused link says false');
  }),

  law('a transport that does not listen refuses, and accepts once it does', async (witness) => {
    const early = witness.dial('left', witness.bench.addresses.right);
    await witness.settle(() => early.ended);
    demandEnd(early, 'refused');
    const { dialled } = await witness.pair();
    demand(dialled.opened === 1, 'a refused dial does not spoil a later one');
  }),

  law('close is told at both ends, once, however often it is called', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    dialled.close();
    dialled.close();
    await witness.settle(() => dialled.ended && accepted.ended);
    demandEnd(dialled, 'closed-here');
    demandEnd(accepted, 'closed-there');
    dialled.close();
    accepted.close();
    await witness.settle();
    demandEnd(dialled, 'closed-here');
    demandEnd(accepted, 'closed-there');
  }),

  law('the accepting end can close as well', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    accepted.close();
    await witness.settle(() => dialled.ended && accepted.ended);
    demandEnd(accepted, 'closed-here');
    demandEnd(dialled, 'closed-there');
  }),

  law('when both ends close at once, each of them closed it', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    dialled.send(frameOf(1, 0));
    dialled.close();
    accepted.close();
    await witness.settle(() => dialled.ended && accepted.ended);
    demandEnd(dialled, 'closed-here');
    demandEnd(accepted, 'closed-here');
  }),

  law('a link closed before it opened ends with onClose alone', async (witness) => {
    const { address, accepted } = await witness.listen('right');
    const dialled = witness.dial('left', address);
    dialled.close();
    await witness.settle(() => dialled.ended && accepted.every((link) => link.ended));
    demandEnd(dialled, 'closed-here');
    demand(dialled.opened === 0, 'a link closed before it opened never opens here');
    for (const link of accepted) demandEnd(link, 'closed-there');
  }),

  law('frames sent before close arrive before it', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    const sent = framesOf(1, 100, 300);
    for (const frame of framesOf(1, 100, 300)) dialled.send(frame);
    dialled.close();
    await witness.settle(() => accepted.ended);
    demandFrames(accepted, sent);
    demandEnd(accepted, 'closed-there');
  }),

  law('a closed link takes no frame and brings none', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    accepted.send(frameOf(2, 0));
    dialled.close();
    demand(!dialled.send(frameOf(1, 0)), 'send after close says false');
    demand(!dialled.send(frameOf(1, 1, 100_000)), 'send after close says false at any size');
    accepted.send(frameOf(2, 1));
    await witness.settle(() => dialled.ended && accepted.ended);
    demandFrames(accepted, []);
    demandFrames(dialled, []);
    demand(!dialled.send(frameOf(1, 2)), 'send after onClose says false');
    demand(!accepted.send(frameOf(2, 2)), 'send after the other side closed says false');
    await witness.settle();
    demandFrames(accepted, []);
  }),

  law('closing a transport closes its links and refuses later dials', async (witness) => {
    const { address, accepted } = await witness.listen('right');
    const dialled = [1, 2, 3].map(() => witness.dial('left', address));
    await witness.settle(() => accepted.length === 3 && dialled.every((link) => link.opened > 0));
    for (const link of dialled) link.send(frameOf(1, 0));
    await witness.settle(() => accepted.every((link) => link.frames.length === 1));
    await witness.closeTransport('right');
    for (const link of accepted) demandEnd(link, 'closed-here');
    await witness.settle(() => dialled.every((link) => link.ended));
    for (const link of dialled) demandEnd(link, 'closed-there');
    const late = witness.dial('left', address);
    await witness.settle(() => late.ended);
    demandEnd(late, 'refused');
  }),

  law('frames sent before a transport closes arrive', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    for (const frame of framesOf(1, 20)) dialled.send(frame);
    await witness.closeTransport('left');
    await witness.settle(() => accepted.ended);
    demandFrames(accepted, framesOf(1, 20));
    demandEnd(accepted, 'closed-there');
  }),

  law('a closed transport dials nobody and listens to nobody', async (witness) => {
    await witness.listen('right');
    await witness.closeTransport('left');
    await witness.closeTransport('left');
    const dialled = witness.dial('left', witness.bench.addresses.right);
    dialled.closedByUs = true;
    await witness.settle(() => dialled.ended);
    demandEnd(dialled, 'closed-here');
    demand(dialled.opened === 0, 'a closed transport opens no link');
    await demandListenError(() => witness.listen('left'), witness.bench.addresses.left);
  }),

  law('listening twice is a ListenError that names the address', async (witness) => {
    const { dialled } = await witness.pair();
    await demandListenError(() => witness.listen('right'), witness.bench.addresses.right);
    const again = witness.dial('left', witness.bench.addresses.right);
    await witness.settle(() => again.opened > 0);
    demand(again.opened === 1 && !dialled.ended, 'the first listener goes on');
  }),

  law('a broken connection ends its links once, and loses only the last frames', breaking),
];

async function breaking(witness: Witness): Promise<void> {
  if (witness.bench.breakLinks === undefined) return;
  const { dialled, accepted } = await witness.pair();
  for (const frame of framesOf(1, 10)) dialled.send(frame);
  await witness.settle(() => accepted.frames.length === 10);
  for (const frame of framesOf(1, 30).slice(10)) dialled.send(frame);
  witness.bench.breakLinks();
  await witness.settle(() => dialled.ended && accepted.ended);
  demand(accepted.frames.length >= 10, 'a frame that arrived stays');
  demandFrames(accepted, framesOf(1, accepted.frames.length));
  for (const link of [dialled, accepted]) {
    const reason = link.closed[0];
    demand(reason === 'lost' || reason === 'closed-there', `a broken link is lost, not ${reason}`);
    demand(!link.send(frameOf(1, 99)), 'send on a broken link says false');
  }
}

/** Demands that `link` ended once, for this reason. */
export function demandEnd(link: WatchedLink, reason: CloseReason): void {
  const reasons = link.closed.join(', then ') || 'not at all';
  demand(
    link.closed.length === 1 && link.closed[0] === reason,
    `${link.name} ends as ${reason}, but it ended ${reasons}`,
  );
}

async function demandListenError(listen: () => Promise<unknown>, address: string): Promise<void> {
  const outcome: unknown = await listen().then(
    () => undefined,
    (error: unknown) => error,
  );
  demand(outcome instanceof ListenError, 'a listen that cannot be rejects with ListenError');
  demand(outcome.address === address, `the ListenError names ${address}`);
  demand(outcome.cause !== undefined, 'the ListenError has a cause');
}
