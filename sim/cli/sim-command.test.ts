import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseReplayFile, type ReplayFile } from '../replay/replay-file.js';
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
  readonly faults: readonly { kind: string; struck: number }[];
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
    expect(report.invariants.some(({ checked }) => checked > 0)).toBe(true);
    expect(report.invariants.every(({ failed }) => failed === 0)).toBe(true);
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
    expect(lines.at(-1)).toMatch(/--plant casts-swapped --lane inproc$/);
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

describe('a search', () => {
  it('gives the same with any number of jobs, and says what it saw', async () => {
    const search = '--runs 3 --seed 5 --nodes 2 --kill 0';
    const two = await sim(`${search} --jobs 2`);
    expect([two.code, two.err]).toEqual([EXIT.pass, '']);
    expect(two.lines[0]).toBe('faultline sim  3 seeds from 5 on  inproc lane, 2 at a time');
    expect(two.lines.at(-2)).toMatch(/^PASS {2}3 seeds from 5 on: all passed, sweep [0-9a-f]{12}$/);
    expect(two.lines.at(-1)).toBe('sim --nodes 2 --kill 0 --seed 5 --lane inproc --runs 3');
    for (const word of ['sometimes', 'recovery', 'seeds a second']) {
      expect(two.out).toContain(word);
    }
    const one = await sim(`${search} --jobs 1 --json`);
    const { sweepHash, traceHashes } = JSON.parse(one.out) as Record<string, string>;
    expect(two.out).toContain(sweepHash);
    const { traceHash } = await json('--seed 6 --nodes 2 --kill 0');
    expect(traceHashes?.[1]).toBe(traceHash);
  });

  it('names each seed that fails with its replay, shrinks the first, and replays it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'faultline-test-'));
    const before = process.cwd();
    process.chdir(folder);
    try {
      const search = '--runs 2 --jobs 2 --seed 5 --nodes 3 --kill 1 --plant casts-swapped --shrink';
      const { code, out, lines } = await sim(search);
      expect(code).toBe(EXIT.broken);
      const flags = '--plant casts-swapped --lane inproc';
      for (const seed of [5, 6]) {
        expect(out).toContain(`    sim --nodes 3 --kill 1 --seed ${seed} ${flags}`);
      }
      expect(out).toContain('the smallest plan that still breaks it');
      const [, path = ''] = /^sim --replay (\S+)$/.exec(lines.at(-1) ?? '') ?? [];
      const { scenario } = parseReplayFile(readFileSync(path, 'utf8'), path);
      expect(scenario.plan.faults.length + scenario.plan.operations.length).toBeLessThan(6);
      const replay = await sim(`--replay ${path} --lane inproc --quiet`);
      expect(replay.code).toBe(EXIT.broken);
      expect(replay.lines[0]).toBe('FAIL  seed 5, still broken: S6');
      const { plant: _, ...mended } = JSON.parse(readFileSync(path, 'utf8')) as ReplayFile;
      writeFileSync('mended.json', JSON.stringify({ ...mended, broken: 'S6' }));
      const passing = await sim('--replay mended.json --lane inproc --quiet');
      expect(passing.lines[0]).not.toContain('still broken');
    } finally {
      process.chdir(before);
      rmSync(folder, { recursive: true });
    }
  });
});

describe('what befalls the cluster', () => {
  it.each([
    ['--partition 1', 'partition'],
    ['--heartbeat-loss 0.5', 'frame-loss'],
    ['--kill 1 --restart', 'restart'],
    ['--faults pause', 'pause'],
    ['--faults clock', 'clock'],
  ])('%s shows in the timeline and the JSON, and changes the hash', async (flags, word) => {
    const cluster = '--lane inproc --nodes 3 --seed 4';
    const { out, lines } = await sim(`${cluster} ${flags}`);
    const timeline = lines.slice(lines.indexOf('timeline'));
    expect(timeline.some((line) => line.split(/ +/).includes(word))).toBe(true);
    expect(out).not.toContain('the simulator failed');
    const report = await json(`--nodes 3 --seed 4 ${flags}`);
    const kinds = report.faults.filter(({ struck }) => struck > 0).map(({ kind }) => kind);
    expect(kinds.length).toBeGreaterThan(0);
    expect(report.traceHash).not.toBe((await json('--nodes 3 --seed 4 --kill 0')).traceHash);
  });

  it('is what a trace is stopped in, at the event that was asked for', async () => {
    const { code, lines } = await sim('--lane inproc --nodes 3 --seed 4 --until-event 300');
    expect(code).toBe(EXIT.pass);
    expect(lines.at(-2)).toBe('STOPPED  seed 4, nothing is broken before event 300');
  });
});

describe('both lanes', () => {
  it('give the same trace', async () => {
    const { code, lines } = await sim('--lane both --seed 7 --nodes 3 --kill 1 --quiet');
    expect(code).toBe(EXIT.pass);
    expect(lines[0]).toContain('the same trace in 2 runs');
  });
});
