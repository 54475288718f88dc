import type { BrokenTransport } from './tampering.js';

/** Transports that do not tell a sender when to wait. */
export function brokenFlows(): BrokenTransport[] {
  let full = false;
  return [
    {
      fault: 'is never full',
      breaks: ['a full link takes the frame, says false, and drains once'],
      end: (end) => ({ link: { send: (frame) => end.link.send(frame) || true } }),
    },
    {
      fault: 'drops the frame that does not fit',
      breaks: ['a full link takes the frame, says false, and drains once'],
      end: (end) => {
        let full = false;
        return {
          link: {
            send: (frame) => {
              if (full) return false;
              full = !end.link.send(frame);
              return !full;
            },
          },
          events: {
            onDrain: () => {
              full = false;
              end.events.onDrain();
            },
          },
        };
      },
    },
    {
      fault: 'never drains',
      breaks: ['a full link takes the frame, says false, and drains once'],
      end: () => ({ events: { onDrain: () => undefined } }),
    },
    {
      fault: 'drains twice',
      breaks: ['a full link takes the frame, says false, and drains once'],
      end: (end) => ({
        events: {
          onDrain: () => {
            end.events.onDrain();
            end.events.onDrain();
          },
        },
      }),
    },
    {
      fault: 'drains after every frame',
      breaks: ['a link that was never full does not drain'],
      end: (end, timers) => ({
        link: {
          send: (frame) => {
            timers.after(0, end.events.onDrain);
            return end.link.send(frame);
          },
        },
      }),
    },
    {
      fault: 'does not count empty frames',
      breaks: ['a link full of empty frames is full as well'],
      end: (end) => ({
        link: { send: (frame) => end.link.send(frame) || frame.length === 0 },
      }),
    },
    {
      fault: 'drains at the dialling end only',
      breaks: ['both directions of a link fill and drain on their own'],
      end: (end) => (end.dialled ? {} : { events: { onDrain: () => undefined } }),
    },
    {
      fault: 'has one limit for all its links',
      breaks: ['a full link leaves room on the link beside it'],
      end: (end) => ({
        link: {
          send: (frame) => {
            full = !end.link.send(frame) || full;
            return !full;
          },
        },
      }),
    },
    {
      fault: 'drains a link because it ends',
      breaks: ['a full link that is closed has nothing more to tell'],
      end: (end) => ({
        events: {
          onClose: (reason) => {
            end.events.onDrain();
            end.events.onClose(reason);
          },
        },
      }),
    },
  ];
}
