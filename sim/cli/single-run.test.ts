import { describe, expect, it } from 'vitest';
import { EXIT } from '../report/verdict.js';
import { killScenario } from '../scenarios/kill.js';
import { LaneRunner } from '../search/scenario-runner.js';
import { SearchPool } from '../search/search-pool.js';
import { Screen } from './screen.js';
import { SingleRun } from './single-run.js';

const drawn = killScenario(
  { nodes: 2, kill: 0, strategy: 'one_for_one', selector: 'random', durationMs: 8000 },
  7,
);
// No such node: the simulator cannot carry it out.
const impossible = {
  ...drawn,
  plan: { ...drawn.plan, faults: [{ kind: 'crash' as const, node: 9, atMs: 100 }] },
};

describe('a run that breaks the simulator', () => {
  it('says what broke, prints its replay and gives 5', async () => {
    let [out, err] = ['', ''];
    const screen = new Screen({
      stdout: { write: (text) => (out += text) },
      stderr: { write: (text) => (err += text) },
      env: {},
    });
    const run = new SingleRun({
      subject: { scenario: impossible },
      flags: { lane: 'inproc', checkDeterminism: false, json: false, quiet: true },
      screen,
      signal: new AbortController().signal,
      replay: 'sim --again',
      isSeedDrawn: false,
    });
    expect(await run.run()).toBe(EXIT.harness);
    expect(err).toContain('RangeError');
    expect(out).toBe('sim --again\n');
  });

  it('is an outcome of its own among many, in a pool and without one', async () => {
    const pool = await SearchPool.open({ jobs: 1 });
    for (const runner of [pool, new LaneRunner(['inproc'], undefined)]) {
      const broken = await runner.run(impossible);
      expect(broken.verdict).toMatchObject({ exitCode: EXIT.harness });
      expect((await runner.run(drawn)).traceHash).toMatch(/^[0-9a-f]{64}$/);
      await runner.close();
    }
  });
});
