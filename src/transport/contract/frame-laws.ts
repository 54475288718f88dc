import { demandFrames, frameOf, framesOf, sameBytes } from './frames.js';
import { law } from './law.js';
import { demand } from './law-broken.js';

/** What happens to frames on their way. */
export const frameLaws = [
  law('frames arrive in the order they were sent, in both directions', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    for (let sequence = 0; sequence < 200; sequence++) {
      dialled.send(frameOf(1, sequence));
      if (sequence % 3 === 0) await witness.settle();
      accepted.send(frameOf(2, sequence));
    }
    await witness.settle(() => accepted.frames.length >= 200 && dialled.frames.length >= 200);
    demandFrames(accepted, framesOf(1, 200));
    demandFrames(dialled, framesOf(2, 200));
  }),

  law('frames sent before the link opens arrive after it', async (witness) => {
    const { address, accepted } = await witness.listen('right', {}, (link) => {
      link.send(frameOf(2, 0));
    });
    const dialled = witness.dial('left', address);
    for (const frame of framesOf(1, 10)) dialled.send(frame);
    await witness.settle(() => accepted[0]?.frames.length === 10 && dialled.frames.length === 1);
    demand(accepted.length === 1, 'one dial is accepted once');
    for (const link of accepted) demandFrames(link, framesOf(1, 10));
    demandFrames(dialled, [frameOf(2, 0)]);
  }),

  law('frames of every size arrive unchanged and in order', async (witness) => {
    const { dialled, accepted } = await witness.pair();
    const sizes = SIZES.flatMap((size) => [size, 3]);
    for (const [sequence, size] of sizes.entries()) dialled.send(frameOf(1, sequence, size));
    await witness.settle(() => accepted.frames.length >= sizes.length);
    demandFrames(
      accepted,
      sizes.map((size, sequence) => frameOf(1, sequence, size)),
    );
  }),

  law(
    'a frame that is a view sends its own bytes and not the buffer around it',
    async (witness) => {
      const { dialled, accepted } = await witness.pair();
      const pool = new Uint8Array(200_000).fill(0xee);
      const places = [
        { offset: 5, size: 16 },
        { offset: 64, size: 0 },
        { offset: 1001, size: 777 },
        { offset: 50_000, size: 100_000 },
      ];
      for (const [sequence, { offset, size }] of places.entries()) {
        pool.set(frameOf(1, sequence, size), offset);
        dialled.send(pool.subarray(offset, offset + size));
      }
      await witness.settle(() => accepted.frames.length >= places.length);
      demandFrames(
        accepted,
        places.map(({ size }, sequence) => frameOf(1, sequence, size)),
      );
      demand(pool.length === 200_000, 'sending a view does not take the buffer around it away');
    },
  ),

  law('whoever gets a frame may write over it', async (witness) => {
    const sizes = [1, 4, 5, 1000, 70_000];
    const frame = (index: number): Uint8Array => frameOf(1, index % 5, sizes[index % 5]);
    let spoiled = 0;
    const { dialled, accepted } = await witness.pair(
      {},
      {
        onFrame: (link, bytes) => {
          if (!sameBytes(bytes, frame(link.frames.length - 1))) spoiled += 1;
          bytes.fill(0xff);
        },
      },
    );
    for (let index = 0; index < 50; index++) dialled.send(frame(index));
    await witness.settle(() => accepted.frames.length >= 50);
    demand(accepted.frames.length === 50, 'every frame arrives');
    demand(spoiled === 0, `a frame has bytes of its own, but ${spoiled} of 50 were spoiled`);
    const whole = accepted.frames.every((bytes) => bytes.every((byte) => byte === 0xff));
    demand(whole, 'what was written over a frame stays there');
  }),

  law('an answer sent from inside onFrame arrives', async (witness) => {
    const { dialled, accepted } = await witness.pair(
      {
        onFrame: (link) => {
          if (link.frames.length < 50) link.send(frameOf(1, link.frames.length));
        },
      },
      { onFrame: (link) => void link.send(frameOf(2, link.frames.length - 1)) },
    );
    dialled.send(frameOf(1, 0));
    await witness.settle(() => dialled.frames.length >= 50);
    demandFrames(accepted, framesOf(1, 50));
    demandFrames(dialled, framesOf(2, 50));
  }),

  law('two dials at once make two links that share nothing', async (witness) => {
    const atRight = await witness.listen('right');
    const atLeft = await witness.listen('left');
    const fromLeft = witness.dial('left', atRight.address);
    const fromRight = witness.dial('right', atLeft.address);
    for (const frame of framesOf(1, 5)) fromLeft.send(frame);
    for (const frame of framesOf(2, 5)) fromRight.send(frame);
    await witness.settle(
      () => atRight.accepted[0]?.frames.length === 5 && atLeft.accepted[0]?.frames.length === 5,
    );
    demand(atRight.accepted.length === 1 && atLeft.accepted.length === 1, 'two dials, two links');
    demand(fromLeft.opened === 1 && fromRight.opened === 1, 'both of them open');
    for (const link of atRight.accepted) demandFrames(link, framesOf(1, 5));
    for (const link of atLeft.accepted) demandFrames(link, framesOf(2, 5));
    demandFrames(fromLeft, []);
    demandFrames(fromRight, []);
  }),

  law('many links between the same two sides keep apart', async (witness) => {
    const { address, accepted } = await witness.listen('right', {
      onFrame: (link, frame) => void link.send(frame.slice()),
    });
    const dialled = Array.from({ length: LINKS }, () => witness.dial('left', address));
    for (let sequence = 0; sequence < 5; sequence++) {
      for (const [stream, link] of dialled.entries()) link.send(frameOf(stream, sequence));
    }
    await witness.settle(
      () => accepted.length === LINKS && dialled.every((link) => link.frames.length === 5),
    );
    demand(accepted.length === LINKS, `${LINKS} dials make ${LINKS} links`);
    for (const [stream, link] of dialled.entries()) demandFrames(link, framesOf(stream, 5));
    for (const link of accepted) {
      const first = link.frames[0] ?? new Uint8Array();
      const stream = dialled.findIndex((_, index) => sameBytes(first, frameOf(index, 0)));
      demandFrames(link, framesOf(stream, 5));
    }
  }),

  law('links that come and go leave nothing to those after them', async (witness) => {
    const { address, accepted } = await witness.listen('right');
    for (let stream = 0; stream < 30; stream++) {
      const dialled = witness.dial('left', address);
      for (const frame of framesOf(stream, 3)) dialled.send(frame);
      await witness.settle(() => accepted[stream]?.frames.length === 3 && dialled.opened > 0);
      const other = accepted[stream];
      demand(other !== undefined, 'a dial to a listening transport is accepted');
      demandFrames(other, framesOf(stream, 3));
      const closer = stream % 2 === 0 ? dialled : other;
      closer.close();
      if (stream % 3 === 0) await witness.settle(() => dialled.ended && other.ended);
    }
    await witness.settle(() => witness.links.every((link) => link.ended));
    demand(
      witness.links.every((link) => link.ended),
      'every one of them ended',
    );
  }),
];

const LINKS = 100;
const SIZES = [0, 1, 2, 127, 128, 255, 256, 4095, 4096, 16_383, 16_384, 65_535, 65_536, 1_048_576];
