import { describe, expect, it } from 'vitest';
import { BundleError } from '../bundle.js';
import { moduleFile } from '../testing/module-file.js';
import { simulate } from './simulate.js';
import { type SimulateOptions, SimulationOptionError } from './simulation-options.js';
import { SimulatedModuleError } from './user-module.js';

const idle =
  'export const setup = (node) => node.observe("there"); export const operate = () => {};';

async function refusal(text: string, options: Partial<SimulateOptions> = {}): Promise<Error> {
  const module = moduleFile(text);
  return simulate({ module, ...options }).then(
    () => expect.unreachable('it was simulated'),
    (error: unknown) => error as Error,
  );
}

describe('a module that cannot be simulated is refused', () => {
  it('when there is no such file', async () => {
    const error = await refusal(idle, { module: 'no/such/module.ts' });
    expect(error).toBeInstanceOf(SimulatedModuleError);
    expect(error.message).toMatch(/there is no file .*no\/such\/module\.ts/);
  });

  it('when it exports nothing to run, with what it exports instead', async () => {
    const error = await refusal('export const behaviours = {}; export const workload = [];');
    expect(error).toBeInstanceOf(SimulatedModuleError);
    expect(error.message).toContain('Expected the module to export behaviors, or a function setup');
    expect(error.message).toContain('it exports behaviours, workload');
  });

  it('when an export is something else than it has to be', async () => {
    const setup = await refusal('export const setup = 5;');
    expect(setup.message).toContain("Expected the module's setup to be a function, got 5");
    const invariants = await refusal(`${idle} export const invariants = { a: 'b' };`);
    expect(invariants.message).toContain('invariants["a"] to be a function, got "b"');
    const workload = await refusal(`${idle} export const workload = {};`);
    expect(workload.message).toContain("the module's workload to be an array, or a function");
  });

  it('when a behaviour is none', async () => {
    const noObject = await refusal('export const behaviors = { counter: 7 };');
    expect(noObject).toBeInstanceOf(SimulatedModuleError);
    expect(noObject.message).toContain('behaviors.counter is no behavior');
    const noCast = await refusal(
      'export const behaviors = { counter: { init: () => 0, handleCall: () => [0, 0] } };',
    );
    expect(noCast.message).toContain('behaviors.counter is no behavior');
    expect(noCast.message).toContain('handleCast');
  });

  it('when it throws while it is loaded', async () => {
    const error = await refusal(`${idle} throw new Error('not today');`);
    expect(error).toBeInstanceOf(SimulatedModuleError);
    expect(error.message).toContain('module.ts cannot be simulated: not today');
  });

  it('when it cannot be bundled, with file and line', async () => {
    const syntax = await refusal('export const setup = () => {\n  const = 5;\n};');
    expect(syntax).toBeInstanceOf(BundleError);
    expect(syntax.message).toMatch(/module\.ts:2: Expected identifier but found "="/);
    const missing = await refusal(`${idle}\nimport 'no-such-package';`);
    expect(missing).toBeInstanceOf(BundleError);
    expect(missing.message).toMatch(/module\.ts:2: Could not resolve "no-such-package"/);
  });
});

describe('options that make no simulation are refused', () => {
  const refused = async (options: Partial<SimulateOptions>, text = idle): Promise<string> => {
    const error = await refusal(text, options);
    expect(error).toBeInstanceOf(SimulationOptionError);
    return error.message;
  };

  it('when an operation or a fault names a node that does not exist', async () => {
    expect(await refused({ workload: [{ node: 3, atMs: 1000, operation: 'x' }] })).toBe(
      'Expected the node of workload[0] to be the index of a node, from 0 to 2, got 3',
    );
    const crash = { kind: 'crash' as const, node: 5, atMs: 1000 };
    expect(await refused({ faults: [crash] })).toContain('the node of faults[0] (crash)');
    const split = { kind: 'partition' as const, groups: [[0], [9]], atMs: 1000, forMs: 10 };
    expect(await refused({ faults: [split] })).toContain('faults[0] (partition) to be the index');
  });

  it('when an operation comes after the last words', async () => {
    const late = { node: 0, atMs: 26_000, operation: 'x' };
    expect(await refused({ workload: [late] })).toContain('before the last words at 25000 ms');
  });

  it('when there is a workload and nobody to carry it out', async () => {
    const workload = [{ node: 0, atMs: 1000, operation: 'x' }];
    const message = await refused({ workload }, 'export const setup = () => {};');
    expect(message).toContain("the module's operate to be a function operate(operation, node)");
  });

  it('when nodes, seeds or the duration make no sense', async () => {
    expect(await refused({ nodes: 0 })).toContain('nodes to be a whole number from 1');
    expect(await refused({ nodes: ['a', 'a'] })).toContain('names that differ');
    expect(await refused({ nodes: ['a b'] })).toContain('nodes[0]');
    expect(await refused({ seed: -1 })).toContain('seed to be a whole number');
    expect(await refused({ seeds: [] })).toContain('one seed or more');
    expect(await refused({ seed: 1, seeds: 5 })).toContain('absent beside seeds');
    expect(await refused({ durationMs: 100 })).toContain('durationMs');
  });

  it('when an operation is no plain data', async () => {
    const workload = [{ node: 0, atMs: 1000, operation: { run: () => 1 } }];
    const error = await refusal(idle, { workload });
    expect(error.message).toContain('plan.operations[0].operation.run');
  });
});
