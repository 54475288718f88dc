import { describe, expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import { moduleFile } from '../testing/module-file.js';
import { simCommand } from './sim-command.js';

const overwriting = simModule('../src/examples/lost-update/overwriting-bank');
const merging = simModule('../src/examples/lost-update/merging-bank');

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await simCommand(['--lane', 'inproc', ...args], {
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    env: { NO_COLOR: '1' },
    command: 'faultline sim',
    version: '0.0.0',
    signal: new AbortController().signal,
  });
  return { code, ...written };
}

describe('--module FILE', () => {
  it('simulates the module with the workload that it draws itself', async () => {
    const { code, out } = await run('--module', merging, '--seed', '3', '--partition', '2');
    expect(out).toMatch(/PASS {2}seed 3 passed: 5 nodes, 30 virtual seconds, \d+ operations done/);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(
      /^faultline sim --nodes 5 --kill 0 --seed 3 --module \S+merging-bank.ts --partition 2 --lane/,
    );
    expect(code).toBe(0);
  });

  it('ends many seeds at the first that fails, shrinks it and replays it', async () => {
    const flags = ['--module', overwriting, '--nodes', '3', '--partition', '2'];
    const { code, out } = await run(...flags, '--seed', '1', '--runs', '20', '--shrink');
    expect(code).toBe(1);
    expect(out).toContain('smallest plan that still breaks "no deposit is lost"');
    const replay = out.trimEnd().split('\n').at(-1)!.split(' ').slice(2);
    const again = await run(...replay, '--json');
    expect(again.code).toBe(1);
    const { violations, plan } = JSON.parse(again.out) as {
      violations: { checker: string }[];
      plan: { faults: unknown[] };
    };
    expect(violations[0]!.checker).toBe('no deposit is lost');
    expect(plan.faults).toHaveLength(1);
  });

  it('says what is wrong with the module, as wrong usage', async () => {
    const none = await run('--module', 'no/such/file.ts');
    expect(none.code).toBe(2);
    expect(none.err).toContain('--module: Expected a module to simulate, and there is no file');
    const broken = await run('--module', moduleFile('export const setup = ;'));
    expect(broken.err).toMatch(/module\.ts:1: Unexpected ";"/);
    const both = await run('--module', merging, '--children', '3');
    expect(both.err).toContain('--module goes without --children');
  });
});
