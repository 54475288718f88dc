import { FRAME_BYTES_MAX, encodeFrame } from '../../src/cluster/frame.js';
import type { Address, Link, Transport } from '../../src/platform/transport.js';
import type { HostileOperation } from './counters-settings.js';

/** Dials `address` as a stranger, sends one bad frame, and waits for the link to end. */
export function sendHostile(
  transport: Transport,
  address: Address,
  frame: HostileOperation['frame'],
): void {
  const bytes = bytesOf(frame);
  const link: Link = transport.dial(address, {
    onOpen: () => void link.send(bytes),
    onFrame: () => undefined,
    onClose: () => undefined,
  });
}

function bytesOf(frame: HostileOperation['frame']): Uint8Array {
  switch (frame) {
    case 'noise':
      return Uint8Array.from({ length: 64 }, (_, at) => (at * 151 + 13) % 256);
    case 'oversized':
      return new Uint8Array(FRAME_BYTES_MAX + 1);
    case 'torn':
      return stop().subarray(0, 5);
    case 'unasked':
      return stop();
  }
}

function stop(): Uint8Array {
  return encodeFrame({ kind: 'leave' });
}
