import type { Timers } from '../../platform/platform.js';
import type { Link, LinkEvents, Transport } from '../../platform/transport.js';
import type { ContractBench, Side } from './bench.js';

/** One end of a link of a sound transport, on its way to be spoiled. */
export interface SoundEnd {
  readonly side: Side;
  readonly dialled: boolean;
  /** What the real end does; not to be used before it was dialled or accepted. */
  link: Link;
  /** Who listens; not to be used before it was dialled or accepted. */
  events: Required<LinkEvents>;
}

/** Replaces some of what an end does, or some of what its listener is told. */
export interface Spoiled {
  readonly link?: Partial<Link>;
  readonly events?: Partial<LinkEvents>;
}

/** Spoils transports on purpose, so that the laws can show that they notice. */
export interface Tampering {
  end?(end: SoundEnd, timers: Timers): Spoiled;
  transport?(transport: Transport, side: Side, bench: ContractBench): Partial<Transport>;
}

/** A way to break the contract, and the laws that have to notice. */
export interface BrokenTransport extends Tampering {
  /** What it does wrong: "a transport that ...". */
  readonly fault: string;
  /** Titles of laws. */
  readonly breaks: readonly string[];
}

/** The bench with both of its transports spoiled. */
export function tamper(bench: ContractBench, timers: Timers, tampering: Tampering): ContractBench {
  const spoil = (side: Side): Transport => {
    const sound = withSpoiledEnds(bench[side], side, (end) => tampering.end?.(end, timers) ?? {});
    return { ...sound, ...tampering.transport?.(sound, side, bench) };
  };
  return { ...bench, left: spoil('left'), right: spoil('right') };
}

function withSpoiledEnds(
  transport: Transport,
  side: Side,
  spoil: (end: SoundEnd) => Spoiled,
): Transport {
  return {
    dial(address, events) {
      const end: SoundEnd = { side, dialled: true, link: NO_LINK, events: complete(events) };
      const spoiled = spoil(end);
      end.link = transport.dial(address, spoiledEvents(end, spoiled));
      return { ...passingOn(end), ...spoiled.link };
    },
    listen(accept) {
      return transport.listen((link) => {
        const end: SoundEnd = { side, dialled: false, link, events: NO_EVENTS };
        const spoiled = spoil(end);
        end.events = complete(accept({ ...passingOn(end), ...spoiled.link }));
        return spoiledEvents(end, spoiled);
      });
    },
    close: () => transport.close(),
  };
}

function passingOn(end: SoundEnd): Link {
  return {
    send: (frame) => end.link.send(frame),
    close: () => {
      end.link.close();
    },
  };
}

function spoiledEvents(end: SoundEnd, { events }: Spoiled): LinkEvents {
  return { ...end.events, ...events };
}

function complete(events: LinkEvents): Required<LinkEvents> {
  return {
    onOpen: () => events.onOpen?.(),
    onFrame: (frame) => {
      events.onFrame(frame);
    },
    onDrain: () => events.onDrain?.(),
    onClose: (reason) => {
      events.onClose(reason);
    },
  };
}

const NO_LINK: Link = { send: () => false, close: () => undefined };
const NO_EVENTS = complete({ onFrame: () => undefined, onClose: () => undefined });
