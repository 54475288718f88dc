import { describe, expect, it } from 'vitest';
import { EXIT } from '../report/verdict.js';
import { simCommand } from './sim-command.js';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
  readonly lines: readonly string[];
}

async function sim(text: string, given: { signal?: AbortSignal; isTTY?: boolean } = {}) {
  const written = { out: '', err: '' };
  const { signal = new AbortController().signal, isTTY = false } = given;
  const code = await simCommand(text.split(' '), {
    stdout: { isTTY, write: (chunk) => (written.out += chunk) },
    stderr: { isTTY, write: (chunk) => (written.err += chunk) },
    env: {},
    command: 'sim',
    version: '1.2.3',
    signal,
  });
  const outcome: Outcome = { code, ...written, lines: written.out.trimEnd().split('\n') };
  return outcome;
}

interface Json {
  readonly nodes: number;
  readonly killed: readonly { nodeId: string }[];
  readonly before: readonly { id: string; nodeId: string }[];
  readonly children: readonly { id: string; nodeId: string; incarnation: number }[];
  readonly recovery: { p50Ms: number; p99Ms: number };
  readonly invariants: readonly { id: string; checked: number; failed: number }[];
  readonly calls: { answeredAfterLastKill: number };
  readonly traceHash: string;
  readonly verdict: string;
  readonly exitCode: number;
}

async function json(text: string): Promise<Json> {
  const { out, err } = await sim(`--lane inproc --json ${text}`);
  expect(err).toBe('');
  return JSON.parse(out) as Json;
}

describe('a run', () => {
  it('prints what was drawn, what happened and the verdict, and ends with its replay', async () => {
    const { code, out, err, lines } = await sim('--lane inproc --seed 7');
    expect([code, err]).toEqual([EXIT.pass, '']);
    expect(lines[0]).toBe('faultline sim  seed 7  inproc lane');
    expect(lines.at(-2)).toMatch(/^PASS {2}seed 7, \d+ invariants hold, trace [0-9a-f]{12}$/);
    expect(lines.at(-1)).toBe('sim --nodes 5 --kill 2 --seed 7 --lane inproc');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
    for (const word of ['started', 'crash', 'down', 'migrated', 'converged', 'recovery']) {
      expect(out).toContain(word);
    }
  });

  it('is drawn when no seed is given, and its replay is the same run', async () => {
    const drawn = await sim('--lane inproc --quiet --nodes 3 --kill 1');
    expect(drawn.lines).toHaveLength(2);
    const replay = drawn.lines.at(-1)!.replace(/^sim /, '');
    expect((await sim(`${replay} --quiet`)).lines).toEqual(drawn.lines);
  });

  it('shows its progress on a terminal, in colours, and nowhere else', async () => {
    const { err, out } = await sim('--lane inproc --seed 7', { isTTY: true });
    expect(err).toContain('virtual seconds');
    expect(out).toContain('\u001b[');
  });

  it('as JSON says the same, and that every invariant was put to the test', async () => {
    const report = await json('--seed 7');
    expect(report).toMatchObject({ nodes: 5, verdict: 'PASS', exitCode: 0 });
    expect(report.killed).toHaveLength(2);
    expect(report.children).toHaveLength(10);
    expect(report.invariants.length).toBeGreaterThan(0);
    expect(report.invariants.every(({ checked, failed }) => checked > 0 && failed === 0)).toBe(
      true,
    );
    expect(report.recovery.p99Ms).toBeGreaterThanOrEqual(report.recovery.p50Ms);
    expect(report.calls.answeredAfterLastKill).toBeGreaterThan(0);
    expect((await json('--seed 7')).traceHash).toBe(report.traceHash);
    expect((await json('--seed 8')).traceHash).not.toBe(report.traceHash);
  });

  it('restarts the children that its strategy says, and no other ones', async () => {
    for (const selector of ['round_robin', 'least_loaded', 'random', 'local_first']) {
      const { before, children, killed } = await json(`--kill 1 --seed 3 --selector ${selector}`);
      const gone = killed.map(({ nodeId }) => nodeId);
      const lost = before.filter(({ nodeId }) => gone.includes(nodeId)).map(({ id }) => id);
      const restarted = children.filter(({ incarnation }) => incarnation > 1).map(({ id }) => id);
      expect([selector, restarted]).toEqual([selector, lost]);
    }
    const rest = await json('--kill 1 --seed 3 --strategy rest_for_one');
    const first = rest.before.findIndex(({ nodeId }) => nodeId === rest.killed[0]?.nodeId);
    const lives = rest.children.map(({ incarnation }) => incarnation);
    expect(lives).toEqual(lives.map((_, at) => (at < first ? 1 : 2)));
    const all = await json('--kill 1 --seed 3 --strategy one_for_all');
    expect(all.children.every(({ incarnation }) => incarnation === 2)).toBe(true);
  });

  it('without a kill is quiet, and what only a loss tests is excused', async () => {
    const report = await json('--kill 0 --seed 3');
    expect(report).toMatchObject({ verdict: 'PASS', recovery: { p50Ms: null, p99Ms: null } });
    expect(await json('--nodes 1 --seed 3')).toMatchObject({ verdict: 'PASS' });
  });
});

describe('the exit code', () => {
  it('is 1 for a planted bug, with the first bad event and the replay last', async () => {
    const { code, out, lines } = await sim('--lane inproc --seed 7 --plant casts-swapped');
    expect(code).toBe(EXIT.broken);
    expect(lines.at(-2)).toBe('FAIL  seed 7, exit code 1: S6 is broken');
    expect(lines.at(-1)).toMatch(/--plant casts-swapped$/);
    expect(out).toMatch(/first bad event: \d+ at/);
    expect(out).toMatch(/^> +\d+ /m);
  });

  it('is 2 and one line for bad input, and nothing is started', async () => {
    const { code, out, err } = await sim('--nodes 0');
    expect([code, out]).toEqual([EXIT.usage, '']);
    expect(err).toBe('faultline sim: --nodes expects a whole number from 1 to 200, got 0\n');
  });

  it('is 3 when the run is over before the cluster has settled', async () => {
    const { code, lines } = await sim('--lane inproc --seed 7 --duration 3s --quiet');
    expect(code).toBe(EXIT.notConverged);
    expect(lines[0]).toContain('raise --duration');
  });

  it('is 130 for an interrupted run, which still says what it saw', async () => {
    const interruption = new AbortController();
    setTimeout(() => interruption.abort(), 1500);
    const { code, lines } = await sim('--lane inproc --seed 7 --duration 60m', interruption);
    expect(code).toBe(EXIT.aborted);
    expect(lines.at(-2)).toMatch(/^ABORTED {2}seed 7, interrupted at /);
    expect(lines.at(-1)).toContain('--seed 7');
  });
});

describe('both lanes', () => {
  it('give the same trace', async () => {
    const { code, lines } = await sim('--lane both --seed 7 --nodes 3 --kill 1 --quiet');
    expect(code).toBe(EXIT.pass);
    expect(lines[0]).toContain('the same trace in 2 runs');
  });
});
