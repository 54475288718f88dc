import { demandEnd } from './life-laws.js';
import { demandFrames, frameOf, framesOf } from './frames.js';
import { law } from './law.js';
import { demand } from './law-broken.js';
import type { Script, WatchedLink } from './watched-link.js';
import type { LinkPair, Witness } from './witness.js';

/** What a handler may do, and what happens when it throws. */
export const handlerLaws = [
  law('a link may be dialled from inside any event', async (witness) => {
    const { address, accepted } = await witness.listen('right', {
      onFrame: (link, frame) => void link.send(frame),
    });
    const dialled: WatchedLink[] = [];
    const redial = (): void => {
      if (dialled.length < 4) dialled.push(witness.dial('left', address, script));
    };
    const script: Script = { onOpen: redial, onFrame: redial, onClose: redial };
    redial();
    await witness.settle(() => dialled.length === 4 && dialled.every((link) => link.opened > 0));
    demand(accepted.length === 4, 'each of them is accepted');
    for (const link of dialled) link.send(frameOf(1, 0));
    await witness.settle(() => dialled.every((link) => link.frames.length === 1));
    for (const link of dialled) demandFrames(link, [frameOf(1, 0)]);
  }),

  law('a link may be dialled again from inside its onClose', async (witness) => {
    const { address, accepted } = await witness.listen('right', {
      onOpen: (link) => {
        link.close();
      },
    });
    const dialled: WatchedLink[] = [];
    const dial = (): void => {
      if (dialled.length < 10) dialled.push(witness.dial('left', address, { onClose: dial }));
    };
    dial();
    await witness.settle(() => dialled.length === 10 && dialled.every((link) => link.ended));
    demand(
      dialled.length === 10 && accepted.length === 10,
      'ten dials in a row reach the listener',
    );
    for (const link of dialled) demandEnd(link, 'closed-there');
  }),

  law('a link closed from inside its onOpen brings nothing more', async (witness) => {
    const closeAtOnce: Script = {
      onOpen: (link) => {
        link.close();
      },
    };
    const { dialled, accepted } = await witness.pair(closeAtOnce, {
      onOpen: (link) => void link.send(frameOf(2, 0)),
    });
    await witness.settle(() => dialled.ended && accepted.ended);
    demandEnd(dialled, 'closed-here');
    demandEnd(accepted, 'closed-there');
    demandFrames(dialled, []);
  }),

  law('a link closed from inside onFrame brings no further frame', async (witness) => {
    const { dialled, accepted } = await witness.pair(
      {},
      {
        onFrame: (link) => {
          if (link.frames.length === 3) link.close();
        },
      },
    );
    for (const frame of framesOf(1, 10)) dialled.send(frame);
    await witness.settle(() => dialled.ended && accepted.ended);
    demandFrames(accepted, framesOf(1, 3));
    demandEnd(accepted, 'closed-here');
    demandEnd(dialled, 'closed-there');
  }),

  law('a link closed while it is accepted ends at both ends', async (witness) => {
    const { address, accepted } = await witness.listen('right', {}, (link) => {
      link.close();
    });
    const dialled = witness.dial('left', address);
    await witness.settle(() => dialled.ended && accepted.every((link) => link.ended));
    demandEnd(dialled, 'closed-there');
    for (const link of accepted) demandEnd(link, 'closed-here');
  }),

  law('an accept that throws turns away that link alone', async (witness) => {
    const thrown = new Error('thrown by accept');
    const { address, accepted } = await witness.listen('right', {}, () => {
      if (accepted.length === 1) throw thrown;
    });
    const turnedAway = witness.dial('left', address);
    await witness.settle(() => turnedAway.ended);
    const reason = turnedAway.closed[0];
    demand(
      reason === 'refused' || reason === 'closed-there',
      `a link whose accept threw is refused or closed-there, not ${reason}`,
    );
    // Nobody listens to that end: it cannot be told how it ended.
    witness.forget(accepted[0]);
    demandReported(witness, thrown);
    const welcome = witness.dial('left', address);
    await witness.settle(() => welcome.opened > 0);
    demand(welcome.opened === 1 && !welcome.ended, 'the next dial is accepted');
  }),

  ...(['onOpen', 'onFrame', 'onDrain'] as const).map((event) =>
    law(`a throwing ${event} ends its own link as violated, and no other`, async (witness) => {
      const thrown = new Error(`thrown by ${event}`);
      const { guilty, innocent } = await throwing(witness, event, thrown);
      await witness.settle(() => guilty.dialled.ended && guilty.accepted.ended);
      demandEnd(guilty.dialled, 'violated');
      demandEnd(guilty.accepted, 'closed-there');
      demandReported(witness, thrown);
      demand(!guilty.dialled.send(frameOf(1, 0)), 'send on a violated link says false');
      await demandAlive(witness, innocent);
    }),
  ),

  law('a frame whose handler threw is the last one of its link', async (witness) => {
    const { dialled, accepted } = await witness.pair(
      {},
      {
        onFrame: (link) => {
          if (link.frames.length === 2) throw new Error('thrown by onFrame');
        },
      },
    );
    for (const frame of framesOf(1, 10)) dialled.send(frame);
    await witness.settle(() => dialled.ended && accepted.ended);
    demandFrames(accepted, framesOf(1, 2));
    demandEnd(accepted, 'violated');
    demandEnd(dialled, 'closed-there');
  }),

  law('a throwing onClose hurts nobody', async (witness) => {
    const thrown = new Error('thrown by onClose');
    const { guilty, innocent } = await throwing(witness, 'onClose', thrown);
    guilty.dialled.close();
    await witness.settle(() => guilty.dialled.ended && guilty.accepted.ended);
    demandEnd(guilty.dialled, 'closed-here');
    demandEnd(guilty.accepted, 'closed-there');
    demandReported(witness, thrown);
    await demandAlive(witness, innocent);
  }),
];

/** Two links, of which `guilty` throws at its dialling end when `event` happens to it. */
async function throwing(
  witness: Witness,
  event: keyof Script,
  thrown: Error,
): Promise<{ guilty: LinkPair; innocent: LinkPair }> {
  const { address, accepted } = await witness.listen('right');
  const pair = async (script: Script): Promise<LinkPair> => {
    const before = accepted.length;
    const dialled = witness.dial('left', address, script);
    await witness.settle(() => accepted.length > before && dialled.opened > 0);
    const other = accepted[before];
    demand(other !== undefined, 'a dial to a listening transport is accepted');
    return { dialled, accepted: other };
  };
  const innocent = await pair({});
  const fail = (): never => {
    throw thrown;
  };
  const guilty = await pair({ [event]: fail });
  if (event === 'onFrame') guilty.accepted.send(frameOf(2, 0));
  if (event === 'onDrain') {
    for (let sent = 0; guilty.dialled.send(frameOf(1, 0, 65_536)); sent++) {
      demand(sent < 1024, 'send says false before 64 MiB wait');
    }
  }
  return { guilty, innocent };
}

async function demandAlive(witness: Witness, { dialled, accepted }: LinkPair): Promise<void> {
  dialled.send(frameOf(7, 0));
  accepted.send(frameOf(8, 0));
  await witness.settle(() => dialled.frames.length > 0 && accepted.frames.length > 0);
  demandFrames(accepted, [frameOf(7, 0)]);
  demandFrames(dialled, [frameOf(8, 0)]);
  demand(!dialled.ended && !accepted.ended, 'the link beside it goes on');
}

function demandReported(witness: Witness, thrown: Error): void {
  const reported = witness.bench.reported?.();
  demand(reported?.includes(thrown) !== false, `"${thrown.message}" is reported to the log`);
}
