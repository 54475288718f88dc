// Real sockets: what strangers can do to a node that has a friend.
import { getActiveResourcesInfo, memoryUsage } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Link } from '../platform/transport.js';
import { seededRandom } from '../platform/random.js';
import { SecuredTransport } from '../transport/secured.js';
import { TcpTransport } from '../transport/tcp.js';
import { randomFrame, randomFrames } from '../transport/testing/hostile-bytes.js';
import { type RawDial, rawDial, wiretap } from '../transport/testing/raw-dial.js';
import { ask, loggedPlatform, pause, until } from '../transport/testing/real-ends.js';
import { type Pesterer, type TcpNode, met, pester, tcpNode } from './testing/tcp-cluster.js';

const SECRET = 'known to the two';
let node: TcpNode;
let friend: TcpNode;
let pesterer: Pesterer;
let before: { readonly sockets: number; readonly bytes: number };

beforeEach(async () => {
  const options = { clusterSecret: SECRET, handshakeTimeoutMs: HANDSHAKE_MS };
  node = await tcpNode({ nodeName: 'node', ...options });
  friend = await tcpNode({ nodeName: 'friend', seeds: [node.id], ...options });
  await met(node, friend);
  pesterer = await pester(friend, node);
  before = { sockets: sockets(), bytes: heldBytes() };
});

// Whatever a stranger did: nobody noticed, and nothing is left of it.
afterEach(async () => {
  await until(() => sockets() <= before.sockets);
  const answered = pesterer.answered;
  await until(() => pesterer.answered > answered + 1);
  await pesterer.stop();
  expect(pesterer.failures).toEqual([]);
  expect(node.cluster.node.connectedNodes()).toMatchObject([{ id: friend.id, suspect: false }]);
  expect(heldBytes() - before.bytes).toBeLessThan(HELD_BYTES_MAX);
  await Promise.all([friend.cluster.stop(), node.cluster.stop()]);
});

describe('a node that strangers reach goes on with its friends', () => {
  it('whatever frames they send', async () => {
    const random = seededRandom(7);
    for (let round = 0; round < 20; round++) {
      const dials = Array.from({ length: 10 }, () =>
        rawDial(node.address, randomFrames(random, 100)),
      );
      await allEnded(dials);
    }
    await said('it did not take part in the challenge');
  });

  it.each([
    ['ff ff ff ff', [0xff, 0xff, 0xff, 0xff], 'larger than it may'],
    ['a length of 2 GiB', [0x80, 0, 0, 0], 'did not take part'],
    ['the largest length that there is', [0x7f, 0xff, 0xff, 0xff], 'larger than it may'],
    ['a length of a megabyte, for a secret', [0, 0x10, 0, 0], 'larger than it may'],
    ['the beginning of another protocol', [...Buffer.from('GET / HTTP/1.1\r\n')], 'larger than'],
  ])('when they send %s', async (_, bytes, line) => {
    await (
      await rawDial(node.address, Uint8Array.from(bytes))
    ).ended;
    await said(line);
  });

  it('and says once of each why it was turned away', async () => {
    const bytes = Uint8Array.of(0, 0, 0, 1, 9, 0xff, 0xff, 0xff, 0xff);
    await (
      await rawDial(node.address, bytes)
    ).ended;
    expect(node.lines).toMatchObject([
      { fields: { from: expect.stringMatching(/^127\.0\.0\.1:\d+$/) as string } },
    ]);
  });

  it('when they begin a handshake and do not go on', async () => {
    const half = await rawDial(node.address, OPENING.subarray(0, 20));
    const whole = await rawDial(node.address, OPENING);
    await Promise.all([half.ended, whole.ended]);
    await said('it did not begin the challenge in time');
    await said('it did not finish the challenge in time');
  });

  it('when they repeat the handshake of somebody who knew the secret', async () => {
    const tap = await wiretap(node.address);
    const { platform } = loggedPlatform();
    const tcp = new TcpTransport({ platform });
    const known = new SecuredTransport(tcp, { platform, secret: SECRET });
    const link: Link = known.dial(tap.address, {
      onOpen: () => void link.send(Uint8Array.of(1, 7, 0, 0)),
      onFrame: () => undefined,
      onClose: () => undefined,
    });
    await until(() => (tap.heard[0]?.length ?? 0) > OPENING.length + 41);
    const lines = node.lines.length;
    await (
      await rawDial(node.address, tap.heard[0])
    ).ended;
    await said('it does not know the secret', lines);
    await known.close();
    tap.close();
  });

  it('when they know another secret', async () => {
    const { platform } = loggedPlatform();
    const tcp = new TcpTransport({ platform });
    const other = new SecuredTransport(tcp, { platform, secret: 'another' });
    expect(await ask(other, node.address)).toBe('refused');
    await said('it hung up in the middle of the challenge');
    await other.close();
  });

  it('when one sends a byte now and then', async () => {
    const { socket, ended } = await rawDial(node.address);
    let at = 0;
    while (!socket.destroyed) {
      socket.write(OPENING.subarray(at, ++at));
      await pause(HANDSHAKE_MS / 20);
    }
    await ended;
    expect(at).toBeGreaterThan(2);
    await said('it did not begin the challenge in time');
  });

  it('when a thousand of them say nothing', async () => {
    const dials = Array.from({ length: 1000 }, () => rawDial(node.address));
    await Promise.all(dials);
    await said('too many strangers at once');
    // A friend gets in among them.
    const late = await tcpNode({
      nodeName: 'late',
      clusterSecret: SECRET,
      seeds: [node.id],
    });
    await met(node, late);
    await late.cluster.stop();
    await until(() => node.cluster.node.connectedNodes().length === 1);
    await allEnded(dials);
    await said('it did not begin the challenge in time');
  });

  it('when one that knows the secret sends anything at all', async () => {
    const random = seededRandom(11);
    const { platform } = loggedPlatform();
    const known = new SecuredTransport(new TcpTransport({ platform }), {
      platform,
      secret: SECRET,
    });
    for (let round = 0; round < 100; round++) {
      await new Promise((resolve) => {
        const link: Link = known.dial(node.address, {
          onOpen: () => void link.send(randomFrame(random)),
          onFrame: () => undefined,
          onClose: resolve,
        });
      });
    }
    await known.close();
    await said('a link was closed for what came over it');
  });
});

describe('a node without a secret', () => {
  it('reads no frame of a stranger twice, and waits for none that says nothing', async () => {
    const open = await tcpNode({ nodeName: 'open', handshakeTimeoutMs: HANDSHAKE_MS });
    const other = await tcpNode({ nodeName: 'other', seeds: [open.id] });
    await met(open, other);
    const visits = await pester(other, open);
    const random = seededRandom(13);
    const dials = Array.from({ length: 300 }, () => rawDial(open.address));
    for (let round = 0; round < 40; round++) {
      await (
        await rawDial(open.address, randomFrames(random, 50))
      ).ended;
    }
    await allEnded(dials);
    await visits.stop();
    expect(visits.failures).toEqual([]);
    expect(open.cluster.node.connectedNodes()).toMatchObject([{ id: other.id }]);
    const messages = new Set(open.lines.map(({ message }) => message));
    expect(messages).toContain('a link was closed for what came over it');
    expect(messages).toContain('connections gave way to newer ones: too many strangers at once');
    await Promise.all([other.cluster.stop(), open.cluster.stop()]);
  });
});

/** Waits for a line of the node's log that has these words, in the line or in its reason. */
async function said(words: string, after = 0): Promise<void> {
  const texts = (): string[] =>
    node.lines.slice(after).map(({ message, fields }) => `${message} ${String(fields['why'])}`);
  await until(() => texts().some((text) => text.includes(words)));
}

async function allEnded(dials: readonly Promise<RawDial>[]): Promise<void> {
  await Promise.all(dials.map(async (dial) => (await dial).ended));
}

/** How many sockets this process holds. */
function sockets(): number {
  return getActiveResourcesInfo().filter((kind) => kind === 'TCPSocketWrap').length;
}

function heldBytes(): number {
  const { heapUsed, external } = memoryUsage();
  return heapUsed + external;
}

const HANDSHAKE_MS = 300;
// Of both sides, the garbage of the attackers included.
const HELD_BYTES_MAX = 96 * 2 ** 20;
const OPENING = Uint8Array.of(0, 0, 0, 37, 0xfa, 0x75, 0x6c, 0x74, 0, ...new Uint8Array(32));
