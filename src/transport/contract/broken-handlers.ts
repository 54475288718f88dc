import type { CloseReason, Link, Transport } from '../../platform/transport.js';
import type { BrokenTransport, SoundEnd } from './tampering.js';

/** Transports that bear with handlers badly. */
export function brokenHandlers(): BrokenTransport[] {
  const inside = { depth: 0 };
  let accepting = true;
  return [
    {
      fault: 'refuses to dial from inside an event',
      breaks: [
        'a link may be dialled from inside any event',
        'a link may be dialled again from inside its onClose',
      ],
      end: (end) => ({
        events: {
          onOpen: within(inside, end, 'onOpen'),
          onFrame: within(inside, end, 'onFrame'),
          onClose: within(inside, end, 'onClose'),
        },
      }),
      transport: (transport, _side, { nobody }) => ({
        dial: (address, events) => transport.dial(inside.depth > 0 ? nobody : address, events),
      }),
    },
    {
      fault: 'brings frames for a while after close',
      breaks: [
        'a link closed from inside its onOpen brings nothing more',
        'a link closed from inside onFrame brings no further frame',
      ],
      end: (end, timers) => ({
        link: {
          close: () => {
            timers.after(50, () => {
              end.link.close();
            });
          },
        },
      }),
    },
    {
      fault: 'does not hear a close from inside accept',
      breaks: ['a link closed while it is accepted ends at both ends'],
      end: (end) => {
        let open = false;
        return {
          link: {
            close: () => {
              if (open) end.link.close();
            },
          },
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
      fault: 'accepts nothing more once accept threw',
      breaks: ['an accept that throws turns away that link alone'],
      transport: (transport, _side, { nobody }) => ({
        dial: (address, events) => transport.dial(accepting ? address : nobody, events),
        listen: (accept) =>
          transport.listen((link) => {
            accepting = false;
            const events = accept(link);
            accepting = true;
            return events;
          }),
      }),
    },
    {
      fault: 'swallows what a handler throws',
      breaks: [
        'a throwing onOpen ends its own link as violated, and no other',
        'a throwing onFrame ends its own link as violated, and no other',
        'a throwing onDrain ends its own link as violated, and no other',
        'a frame whose handler threw is the last one of its link',
      ],
      end: (end) => ({
        events: {
          onOpen: quietly(() => {
            end.events.onOpen();
          }),
          onFrame: quietly((frame) => {
            end.events.onFrame(frame);
          }),
          onDrain: quietly(() => {
            end.events.onDrain();
          }),
        },
      }),
    },
    {
      fault: 'goes down with a handler',
      breaks: ['a throwing onClose hurts nobody'],
      transport: (transport) => goingDownWithHandlers(transport),
    },
  ];
}

function goingDownWithHandlers(transport: Transport): Partial<Transport> {
  const links: Link[] = [];
  return {
    dial(address, events) {
      const onClose = (reason: CloseReason): void => {
        try {
          events.onClose(reason);
        } catch (thrown) {
          for (const link of links) link.close();
          throw thrown;
        }
      };
      const link = transport.dial(address, { ...events, onClose });
      links.push(link);
      return link;
    },
  };
}

type Handlers = SoundEnd['events'];

function within<Name extends keyof Handlers>(
  inside: { depth: number },
  end: { readonly events: Handlers },
  name: Name,
): (...told: Parameters<Handlers[Name]>) => void {
  return (...told) => {
    inside.depth += 1;
    (end.events[name] as (...told: unknown[]) => void)(...told);
    inside.depth -= 1;
  };
}

function quietly<Told extends unknown[]>(run: (...told: Told) => void): (...told: Told) => void {
  return (...told) => {
    try {
      run(...told);
    } catch {
      // That is the fault.
    }
  };
}
