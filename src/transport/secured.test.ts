import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { CloseReason, Link, LinkEvents } from '../platform/transport.js';
import { VirtualPlatform } from '../platform/virtual-platform.js';
import { decodeChallenge, encodeChallenge, proofOf } from './challenge.js';
import { describeLinkContract } from './link-contract.js';
import { memoryBench } from './memory-bench.js';
import type { ContractBench } from './link-contract.js';
import { MemoryNetwork } from './memory.js';
import { SecuredTransport } from './secured.js';

describeLinkContract('a secured transport', async () => secured());

function secured(): ContractBench {
  const platform = new VirtualPlatform();
  const bench = memoryBench(platform, { latencyMs: 5 });
  const options = { platform, secret: 'the same on both sides' };
  return {
    ...bench,
    left: new SecuredTransport(bench.left, options),
    right: new SecuredTransport(bench.right, options),
  };
}

describe('a node with a secret', () => {
  it('turns away who knows another one, and says so in both logs', async () => {
    await inNetwork(async ({ platform, network, accepted, listen }) => {
      await listen();
      const wrong = { platform, secret: 'another' };
      const ends: CloseReason[] = [];
      const dialler = new SecuredTransport(network.transport('dialler'), wrong);
      dialler.dial('node', watching(ends));
      await sleep(platform, 100);
      expect(ends).toEqual(['refused']);
      expect(accepted).toEqual([]);
      const lines = platform.logged.map(({ fields }) => String(fields?.['why']));
      expect(lines).toEqual([
        expect.stringContaining('does not know the secret'),
        expect.stringContaining('hung up'),
      ]);
    });
  });

  it('reads nothing of who does not take part in the challenge', async () => {
    await inNetwork(async ({ platform, network, accepted, listen }) => {
      await listen();
      const ends: CloseReason[] = [];
      network
        .transport('stranger')
        .dial('node', watching(ends))
        .send(Uint8Array.of(1, 1, 0, 0));
      await sleep(platform, 100);
      expect(ends).toEqual(['closed-there']);
      expect(accepted).toEqual([]);
    });
  });

  it('waits no longer than it was told for one that says nothing', async () => {
    await inNetwork(async ({ platform, network, accepted, listen }) => {
      await listen();
      const ends: CloseReason[] = [];
      network.transport('stranger').dial('node', watching(ends));
      await sleep(platform, 4900);
      expect(ends).toEqual([]);
      await sleep(platform, 200);
      expect(ends).toEqual(['closed-there']);
      expect(accepted).toEqual([]);
    });
  });

  it('does not take its own proof from somebody who sends it back', async () => {
    await inNetwork(async ({ platform, network, accepted, listen }) => {
      await listen();
      const mirror = (frame: Uint8Array): void => {
        const message = decodeChallenge(frame);
        if (message?.kind !== 'answer') return;
        link.send(encodeChallenge({ kind: 'proof', proof: message.proof }));
      };
      const events = { ...watching([]), onFrame: mirror };
      const link: Link = network.transport('mirror').dial('node', events);
      link.send(encodeChallenge({ kind: 'opening', nonce: new Uint8Array(32) }));
      await sleep(platform, 100);
      expect(accepted).toEqual([]);
    });
  });

  it('does not take what was proven on another connection', async () => {
    await inNetwork(async ({ platform, network, accepted, listen }) => {
      await listen();
      const secret = new TextEncoder().encode('secret');
      const nonce = new Uint8Array(32);
      const proofs: Uint8Array[] = [];
      for (const replays of [false, true]) {
        const onFrame = (frame: Uint8Array): void => {
          const message = decodeChallenge(frame);
          if (message?.kind !== 'answer') return;
          const nonces = { dialler: nonce, acceptor: message.nonce };
          const proof = replays ? (proofs[0] as Uint8Array) : proofOf(secret, 'dialler', nonces);
          proofs.push(proof);
          link.send(encodeChallenge({ kind: 'proof', proof }));
        };
        const events = { ...watching([]), onFrame };
        const link: Link = network.transport('dialler').dial('node', events);
        link.send(encodeChallenge({ kind: 'opening', nonce }));
        await sleep(platform, 100);
      }
      expect(accepted).toHaveLength(1);
    });
  });
});

interface SecuredWorld {
  readonly platform: VirtualPlatform;
  readonly network: MemoryNetwork;
  /** Links that the node let in. */
  readonly accepted: Link[];
  listen(): Promise<unknown>;
}

function inNetwork(body: (world: SecuredWorld) => Promise<void>): Promise<void> {
  return runVirtual(async (platform) => {
    const network = new MemoryNetwork(platform, { latencyMs: 5 });
    const accepted: Link[] = [];
    const node = new SecuredTransport(network.transport('node'), { platform, secret: 'secret' });
    const listen = (): Promise<unknown> =>
      node.listen((link) => {
        accepted.push(link);
        return watching([]);
      });
    await body({ platform, network, accepted, listen });
  });
}

function watching(ends: CloseReason[]): LinkEvents {
  return { onFrame: () => undefined, onClose: (reason) => void ends.push(reason) };
}
