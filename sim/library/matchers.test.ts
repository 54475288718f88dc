import { describe, expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import { moduleFile } from '../testing/module-file.js';
import { simulationMatchers } from './matchers.js';
import { simulate } from './simulate.js';

expect.extend(simulationMatchers);

const module = simModule('../src/examples/lost-update/overwriting-bank');
const workload = [
  { node: 1, atMs: 5000, operation: { id: 'one', amount: 10 } },
  { node: 0, atMs: 6000, operation: { id: 'two', amount: 5 } },
];
const split = { kind: 'partition' as const, groups: [[0], [1, 2]], atMs: 3000, forMs: 5000 };

async function messageOf(assertion: unknown): Promise<string> {
  const error: unknown = await Promise.resolve(assertion).catch((thrown: unknown) => thrown);
  return (error as Error).message;
}

describe('the matchers', () => {
  it('say of a run that it holds its invariants, or which one it broke', async () => {
    expect(await simulate({ module, workload })).toHoldInvariants();
    const broken = await simulate({ module, workload, faults: [split] });
    expect(broken).not.toHoldInvariants();
    const message = await messageOf((async () => expect(broken).toHoldInvariants())());
    expect(message).toContain('2 deposits make 15, and the account holds 10');
    expect(message).toContain('partition node1 | node2 node3, for 5 s');
    expect(message).toMatch(
      /replay: FAULTLINE_SIM_SEED=1 npx vitest run .*matchers\.test\.ts -t "/,
    );
  });

  it('say of options that they replay, in both lanes', async () => {
    await expect({ module, workload, faults: [split] }).toReplay();
    await expect({ module, workload, faults: [split] }).toReplay();
  });

  it('say of options that they survive seeds, or which plan they do not survive', async () => {
    await expect({ module, workload }).toSurvive(3);
    const message = await messageOf(expect({ module, workload, faults: [split] }).toSurvive(3));
    expect(message).toContain('smallest plan that still breaks "no deposit is lost"');
    expect(message).toContain('FAULTLINE_SIM_SEED=1');
  });

  it('let a test say that a bug is still there', async () => {
    await expect({ module, workload, faults: [split] }).not.toSurvive(3);
    const silent = moduleFile('export const setup = (node) => node.observe("there");');
    await expect({ module: silent }).toReplay();
  });
});
