import type { CloseReason } from '../../platform/transport.js';
import type { BrokenTransport, Tampering } from './tampering.js';

/** Transports whose links begin or end wrongly. */
export function brokenLives(): BrokenTransport[] {
  return [
    {
      fault: 'opens a link twice',
      breaks: ['a dialled link opens once at both ends'],
      end: (end) => ({
        events: {
          onOpen: () => {
            end.events.onOpen();
            end.events.onOpen();
          },
        },
      }),
    },
    {
      fault: 'opens a link from inside dial',
      breaks: ['a dialled link opens once at both ends'],
      transport: (transport) => ({
        dial(address, events) {
          events.onOpen?.();
          return transport.dial(address, { ...events, onOpen: () => undefined });
        },
      }),
    },
    {
      fault: 'can be dialled from one side only',
      breaks: ['either side can dial the other'],
      transport: (transport, side, { nobody }) =>
        side === 'left' ? {} : { dial: (_address, events) => transport.dial(nobody, events) },
    },
    {
      fault: 'says another address than the one to dial',
      breaks: ['listening resolves to the address that peers dial'],
      transport: (transport) => ({
        listen: async (accept) => `${await transport.listen(accept)}?`,
      }),
    },
    {
      fault: 'opens a link that is then refused',
      breaks: ['a dial to nobody ends as refused and does nothing else'],
      end: (end) => ({
        events: {
          onClose: (reason) => {
            if (reason === 'refused') end.events.onOpen();
            end.events.onClose(reason);
          },
        },
      }),
    },
    {
      fault: 'never answers when nobody listens',
      breaks: [
        'a dial to nobody ends as refused and does nothing else',
        'a transport that does not listen refuses, and accepts once it does',
      ],
      ...renaming('refused', undefined),
    },
    {
      fault: 'tells the end of a link twice',
      breaks: ['close is told at both ends, once, however often it is called'],
      end: (end) => ({
        events: {
          onClose: (reason) => {
            end.events.onClose(reason);
            end.events.onClose(reason);
          },
        },
      }),
    },
    {
      fault: 'tells the end of a link from inside close',
      breaks: ['close is told at both ends, once, however often it is called'],
      end: (end) => ({
        link: {
          close: () => {
            end.link.close();
            end.events.onClose('closed-here');
          },
        },
        events: {
          onClose: (reason) => {
            if (reason !== 'closed-here') end.events.onClose(reason);
          },
        },
      }),
    },
    {
      fault: 'calls every closed link lost',
      breaks: ['the accepting end can close as well'],
      ...renaming('closed-there', 'lost'),
    },
    {
      fault: 'does not know who closed a link',
      breaks: ['when both ends close at once, each of them closed it'],
      ...renaming('closed-here', 'closed-there'),
    },
    {
      fault: 'opens a link that was closed before',
      breaks: ['a link closed before it opened ends with onClose alone'],
      end: (end) => {
        let opened = false;
        return {
          events: {
            onOpen: () => {
              opened = true;
              end.events.onOpen();
            },
            onClose: (reason) => {
              if (!opened) end.events.onOpen();
              end.events.onClose(reason);
            },
          },
        };
      },
    },
    {
      fault: 'forgets the last frame before an end',
      breaks: [
        'frames sent before close arrive before it',
        'frames sent before a transport closes arrive',
      ],
      end: (end) => {
        let held: Uint8Array | undefined;
        return {
          events: {
            onFrame: (frame) => {
              if (held !== undefined) end.events.onFrame(held);
              held = frame;
            },
          },
        };
      },
    },
    {
      fault: 'says true on a closed link',
      breaks: ['a closed link takes no frame and brings none'],
      end: (end) => ({ link: { send: (frame) => end.link.send(frame) || true } }),
    },
    {
      fault: 'leaves its links open when it closes',
      breaks: ['closing a transport closes its links and refuses later dials'],
      transport: () => ({ close: () => Promise.resolve() }),
    },
    {
      fault: 'goes on to listen and to dial after it was closed',
      breaks: ['a closed transport dials nobody and listens to nobody'],
      transport: (transport, side, bench) => {
        let closed = false;
        return {
          close: () => {
            closed = true;
            return transport.close();
          },
          listen: (accept) =>
            closed ? Promise.resolve(bench.addresses[side]) : transport.listen(accept),
        };
      },
    },
    {
      fault: 'listens twice',
      breaks: ['listening twice is a ListenError that names the address'],
      transport: (transport, side, { addresses }) => ({
        listen: (accept) => transport.listen(accept).catch(() => addresses[side]),
      }),
    },
    {
      fault: 'fails to listen with any error',
      breaks: ['listening twice is a ListenError that names the address'],
      transport: (transport) => ({
        listen: (accept) => transport.listen(accept).catch(() => Promise.reject(new Error('busy'))),
      }),
    },
    {
      fault: 'does not notice that a connection broke',
      breaks: ['a broken connection ends its links once, and loses only the last frames'],
      ...renaming('lost', undefined),
    },
  ];
}

/** Tells one reason as another, or not at all. */
function renaming(from: CloseReason, to: CloseReason | undefined): Tampering {
  return {
    end: (end) => ({
      events: {
        onClose: (reason) => {
          const told = reason === from ? to : reason;
          if (told !== undefined) end.events.onClose(told);
        },
      },
    }),
  };
}
