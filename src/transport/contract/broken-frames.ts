import type { BrokenTransport } from './tampering.js';

/** Transports that do not carry frames as they were sent. */
export function brokenFrames(): BrokenTransport[] {
  let last: Uint8Array | undefined;
  let dialling = 0;
  const onFrameOf: ((frame: Uint8Array) => void)[] = [];
  const cache = new Map<number, Uint8Array>();
  return [
    {
      fault: 'lets a frame overtake another',
      breaks: ['frames arrive in the order they were sent, in both directions', ...WALKS],
      end: (end, timers) => {
        let count = 0;
        return {
          link: {
            send: (frame) => {
              if (++count % 7 !== 0) return end.link.send(frame);
              timers.after(0, () => void end.link.send(frame));
              return true;
            },
          },
        };
      },
    },
    {
      fault: 'loses a frame now and then and keeps the link',
      breaks: ['frames arrive in the order they were sent, in both directions', ...WALKS],
      end: (end) => {
        let count = 0;
        return {
          events: {
            onFrame: (frame) => {
              if (++count % 10 !== 0) end.events.onFrame(frame);
            },
          },
        };
      },
    },
    {
      fault: 'delivers a frame twice now and then',
      breaks: ['frames arrive in the order they were sent, in both directions', ...WALKS],
      end: (end) => {
        let count = 0;
        return {
          events: {
            onFrame: (frame) => {
              end.events.onFrame(frame);
              if (++count % 10 === 0) end.events.onFrame(frame);
            },
          },
        };
      },
    },
    {
      fault: 'reads every frame into the same buffer',
      breaks: ['frames arrive in the order they were sent, in both directions'],
      end: (end) => {
        const buffer = new Uint8Array(2_000_000);
        return {
          events: {
            onFrame: (frame) => {
              buffer.set(frame);
              end.events.onFrame(buffer.subarray(0, frame.length));
            },
          },
        };
      },
    },
    {
      fault: 'drops what is sent before a link opens',
      breaks: ['frames sent before the link opens arrive after it'],
      end: (end) => {
        let open = false;
        return {
          link: { send: (frame) => (open ? end.link.send(frame) : true) },
          events: {
            onOpen: () => {
              open = true;
              end.events.onOpen();
            },
          },
        };
      },
    },
    {
      fault: 'cuts frames at 64 KiB',
      breaks: ['frames of every size arrive unchanged and in order'],
      end: (end) => ({ link: { send: (frame) => end.link.send(frame.subarray(0, 65_535)) } }),
    },
    {
      fault: 'does not carry empty frames',
      breaks: ['frames of every size arrive unchanged and in order'],
      end: (end) => ({ link: { send: (frame) => frame.length === 0 || end.link.send(frame) } }),
    },
    {
      fault: 'sends the buffer around a view',
      breaks: ['a frame that is a view sends its own bytes and not the buffer around it'],
      end: (end) => ({ link: { send: (frame) => end.link.send(new Uint8Array(frame.buffer)) } }),
    },
    {
      fault: 'takes the buffer around a view away',
      breaks: ['a frame that is a view sends its own bytes and not the buffer around it'],
      end: (end) => ({
        link: {
          send: (frame) => {
            const room = end.link.send(frame);
            const buffer = frame.buffer as ArrayBuffer;
            structuredClone(null, { transfer: frame.length > 50_000 ? [buffer] : [] });
            return room;
          },
        },
      }),
    },
    {
      fault: 'delivers equal frames as one',
      breaks: ['whoever gets a frame may write over it'],
      end: (end) => ({
        events: {
          onFrame: (frame) => {
            if (!cache.has(frame.length)) cache.set(frame.length, frame);
            end.events.onFrame(cache.get(frame.length) ?? frame);
          },
        },
      }),
    },
    {
      fault: 'drops what is sent from inside an event',
      breaks: [
        'an answer sent from inside onFrame arrives',
        'whoever sends on from inside onDrain gets everything across',
      ],
      end: (end) => {
        let inside = false;
        const within = (run: () => void): void => {
          inside = true;
          run();
          inside = false;
        };
        return {
          link: { send: (frame) => (inside ? true : end.link.send(frame)) },
          events: {
            onFrame: (frame) => {
              within(() => {
                end.events.onFrame(frame);
              });
            },
            onDrain: () => {
              within(end.events.onDrain);
            },
          },
        };
      },
    },
    {
      fault: 'makes one link of two dials at once',
      breaks: ['two dials at once make two links that share nothing'],
      transport: (transport, _side, { nobody }) => ({
        dial: (address, events) => transport.dial(dialling++ === 0 ? address : nobody, events),
      }),
    },
    {
      fault: 'mixes up links',
      breaks: ['many links between the same two sides keep apart'],
      end: (end) => {
        if (end.dialled) return {};
        const index = onFrameOf.push((frame) => {
          end.events.onFrame(frame);
        });
        return { events: { onFrame: (frame) => onFrameOf[(index - 1) ^ 2]?.(frame) } };
      },
    },
    {
      fault: 'gives the next link what was left of the former one',
      breaks: ['links that come and go leave nothing to those after them'],
      end: (end) => ({
        events: {
          onFrame: (frame) => {
            last = frame;
            end.events.onFrame(frame);
          },
          onOpen: () => {
            end.events.onOpen();
            if (last !== undefined) end.events.onFrame(last);
          },
        },
      }),
    },
  ];
}

const WALKS = Array.from(
  { length: 5 },
  (_, seed) => `any mixture of dials, sends and closes keeps each link in order (walk ${seed})`,
);
