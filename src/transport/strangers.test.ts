import { describe, expect, it } from 'vitest';
import type { Link } from '../platform/transport.js';
import { TcpTransport, type TcpTransportOptions } from './tcp.js';
import { nodeTls } from './testing/certificates.js';
import { rawDial } from './testing/raw-dial.js';
import { loggedPlatform, until } from './testing/real-ends.js';

describe.each([
  ['TCP', {}],
  ['TLS', { tls: nodeTls() }],
])('of strangers over %s a node', (_, ways) => {
  it('holds so many and no more, and drops the oldest first', () =>
    inDoor(ways, async ({ address, transport, messages }) => {
      const dials = [];
      for (let index = 0; index < 5; index++) {
        dials.push(await rawDial(address));
        await until(() => transport.strangerCount === Math.min(index + 1, 3) || index > 3);
      }
      await Promise.all(dials.slice(0, 2).map(({ ended }) => ended));
      expect(transport.strangerCount).toBe(3);
      expect(dials.map(({ socket }) => socket.destroyed)).toEqual([
        true,
        true,
        false,
        false,
        false,
      ]);
      // One line for a flood; the rest of it is told a second later.
      expect(messages()).toEqual([
        'connections gave way to newer ones: too many strangers at once',
      ]);
      for (const { socket } of dials) socket.destroy();
      await until(() => transport.strangerCount === 0);
    }));

  it('drops none that it trusts', () =>
    inDoor(ways, async ({ address, accepted, dial }) => {
      const ends: string[] = [];
      dial(ends);
      await until(() => accepted.length === 1);
      accepted[0]?.trust?.();
      const dials = await Promise.all(Array.from({ length: 9 }, () => rawDial(address)));
      await until(() => dials.filter(({ socket }) => socket.destroyed).length === 6);
      expect(ends).toEqual([]);
      for (const { socket } of dials) socket.destroy();
    }));

  it('takes large frames only from those that it trusts', () =>
    inDoor(ways, async ({ accepted, frames, ends, dial, messages }) => {
      const trusted = dial();
      await until(() => accepted.length === 1);
      accepted[0]?.trust?.();
      trusted.send(new Uint8Array(101));
      await until(() => frames.length === 1);
      dial().send(new Uint8Array(101));
      await until(() => ends.length === 1);
      expect(ends).toEqual(['violated']);
      expect(messages()).toEqual(['a link ends: a frame claims to be larger than it may']);
      expect(frames).toEqual([101]);
    }));
});

interface Door {
  readonly transport: TcpTransport;
  readonly address: string;
  readonly accepted: Link[];
  /** The lengths of what came in. */
  readonly frames: number[];
  /** Why accepted links ended. */
  readonly ends: string[];
  messages(): readonly string[];
  /** Dials, and adds why the link ended, seen from there. */
  dial(ends?: string[]): Link;
}

/** A node that lets in three strangers, and frames of 100 bytes from them. */
async function inDoor(
  ways: Partial<TcpTransportOptions>,
  body: (door: Door) => Promise<void>,
): Promise<void> {
  const { platform, lines } = loggedPlatform();
  const strangers = { max: 3, frameBytesMax: 100 };
  const transport = new TcpTransport({ platform, strangers, ...ways });
  const dialler = new TcpTransport({ platform: loggedPlatform().platform, ...ways });
  const [accepted, frames, ends]: [Link[], number[], string[]] = [[], [], []];
  const address = await transport.listen((link) => {
    accepted.push(link);
    return {
      onFrame: (frame) => void frames.push(frame.length),
      onClose: (reason) => void ends.push(reason),
    };
  });
  const dial = (told: string[] = []): Link =>
    dialler.dial(address, {
      onFrame: () => undefined,
      onClose: (reason) => void told.push(reason),
    });
  const messages = (): string[] => lines.map(({ message }) => message);
  try {
    await body({ transport, address, accepted, frames, ends, messages, dial });
  } finally {
    await Promise.all([dialler.close(), transport.close()]);
  }
}
