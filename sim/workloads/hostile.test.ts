import { describe, expect, it } from 'vitest';
import { runVirtual } from '../../src/platform/run-virtual.js';
import { MemoryNetwork } from '../../src/transport/memory.js';
import { SecuredTransport } from '../../src/transport/secured.js';
import { sendHostile } from './hostile.js';

/** Of a stranger that takes `taken` for the secret, which is `secret` and called `known`. */
function visit(how: { taken?: string; secret: string; known: string }): Promise<string> {
  return runVirtual(async (platform) => {
    const network = new MemoryNetwork(platform, { latencyMs: 1 });
    const { taken, secret, known } = how;
    const frames: number[] = [];
    const node = new SecuredTransport(network.transport('node'), { platform, secret });
    await node.listen((link) => ({
      onFrame: (frame) => {
        frames.push(frame.length);
        link.close();
      },
      onClose: () => undefined,
    }));
    const context = { platform, transport: network.transport('stranger') };
    const guess = taken === undefined ? {} : { secret: taken };
    const visited = sendHostile(context, known, { to: 'node', frame: 'noise', ...guess });
    const outcome = await visited.then(
      () => 'over',
      (error: unknown) => String(error),
    );
    return `${outcome}, ${frames.length} frames read`;
  });
}

describe('a stranger of a simulated run', () => {
  it('is not read without the secret, or with another one', async () => {
    expect(await visit({ secret: 'a', known: 'a' })).toBe('over, 0 frames read');
    expect(await visit({ taken: 'b', secret: 'a', known: 'a' })).toBe('over, 0 frames read');
  });

  it('that knows the secret is read', async () => {
    expect(await visit({ taken: 'a', secret: 'a', known: 'a' })).toBe('over, 1 frames read');
  });

  it('is the end of the run where it is let in with another secret', async () => {
    expect(await visit({ taken: 'b', secret: 'b', known: 'a' })).toMatch('was let in');
  });
});
