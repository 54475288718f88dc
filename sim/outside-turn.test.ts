import { describe, expect, it } from 'vitest';
import { OutsideTurnError, SimNode } from './sim-node.js';
import type { NodeBoot } from './turn.js';

const boot: NodeBoot = {
  nodeId: 'node1@10.0.0.1:4369',
  address: '10.0.0.1:4369',
  index: 0,
  incarnation: 1,
  seed: 1,
  epochMs: 0,
  driftPpm: 0,
  ratePpm: 0,
  nowUs: 0,
  buffer: { highBytes: 1024, lowBytes: 512 },
  program: undefined,
  durable: [],
};

// No thread of the nodes: here the bare names are the machine's own, as if they had leaked.
function leaking(act: string): string {
  return `exports.createNode = ({ platform, transport, observe }) => ({
    start() {
      setTimeout(() => { try { ${act} } catch (error) { report(error); } finally { done(); } }, 1);
    },
  });
  const report = (error) => globalThis.caught.push(error.name);
  const done = () => globalThis.leaked();`.replaceAll('globalThis.', '(0, eval)("globalThis").');
}

async function leakedTurn(act: string) {
  const caught: string[] = [];
  const node = new SimNode(boot, leaking(act));
  const leaked = new Promise<void>((resolve) => {
    Object.assign(globalThis, { caught, leaked: resolve });
  });
  node.take({ nowUs: 0, input: { kind: 'boot' } });
  const during = node.finish();
  await leaked;
  node.take({ nowUs: 1, input: { kind: 'wake' } });
  return { caught, during, after: node.finish() };
}

describe('what a node does when it is not its turn', () => {
  it.each([
    ['set a timer', 'platform.timers.after(1, () => undefined)'],
    ['dial', 'transport.dial("10.0.0.2:4369", {})'],
  ])('to %s fails it: something waits for the machine', async (act, text) => {
    const { caught, during, after } = await leakedTurn(text);
    expect(during.failure).toBeUndefined();
    expect(caught).toEqual([OutsideTurnError.name]);
    expect(after.failure).toMatchObject({
      name: OutsideTurnError.name,
      message: expect.stringContaining(
        `node1@10.0.0.1:4369 acted (${act}) outside its turn`,
      ) as string,
    });
    expect(after.outputs).toEqual([]);
  });
});
