import { FRAME_BYTES_MAX, encodeFrame } from '../../src/cluster/frame.js';
import type { Link, Transport } from '../../src/platform/transport.js';
import { SecuredTransport } from '../../src/transport/secured.js';
import type { NodeContext } from '../program.js';
import type { HostileOperation } from './counters-settings.js';

/**
 * Dials an address as a stranger, sends one bad frame, and waits for the link to end. Rejects when
 * it was let in with a secret that is not the `known` one: that is the end of the run.
 */
export function sendHostile(
  { transport, platform }: Pick<NodeContext, 'transport' | 'platform'>,
  known: string | undefined,
  { to, frame, secret }: Pick<HostileOperation, 'to' | 'frame' | 'secret'>,
): Promise<void> {
  const bytes = bytesOf(frame);
  const way: Transport =
    secret === undefined ? transport : new SecuredTransport(transport, { platform, secret });
  return new Promise((resolve, reject) => {
    const link: Link = way.dial(to, {
      onOpen: () => {
        link.send(bytes);
        if (secret === undefined || secret === known) return;
        reject(new Error('a stranger with another secret was let in'));
      },
      onFrame: () => undefined,
      onClose: () => resolve(),
    });
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
