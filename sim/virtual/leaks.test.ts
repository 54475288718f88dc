import { spawn } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import type { LaneName } from '../lanes/lane.js';
import { simulate, type SimReport } from '../simulate.js';

function leaky(lane: LaneName, seed = 1): Promise<SimReport> {
  const program = { entry: simModule('testing/leaky') };
  return simulate({ program, lane, seed, nodes: 2, durationMs: 3000 });
}

function told(report: SimReport): string[] {
  const seen = report.observed.filter(({ observation }) => observation.kind === 'told');
  return seen.map(({ node, observation }) => {
    const value = (_key: string, item: unknown) => (typeof item === 'bigint' ? `${item}n` : item);
    return `${node} ${JSON.stringify(observation, value)}`;
  });
}

describe('a program that asks for time and chance in every way there is', () => {
  it('is told the same twice, and in both lanes', async () => {
    const first = await leaky('inproc');
    const others = [await leaky('inproc'), await leaky('worker')];
    expect(first.failures).toEqual([]);
    expect(told(first).length).toBeGreaterThan(80);
    for (const other of others) {
      expect(told(other)).toEqual(told(first));
      expect(other.traceHash).toBe(first.traceHash);
    }
  });

  it('is told other things under another seed', async () => {
    const [first, other] = [told(await leaky('inproc', 1)), told(await leaky('inproc', 2))];
    for (const drawn of ['Math.random', 'crypto', 'evaluated text', 'made functions']) {
      const of = (lines: readonly string[]) => lines.filter((line) => line.includes(`"${drawn}"`));
      expect(of(first).length).toBe(4);
      expect(of(first)).not.toEqual(of(other));
    }
  });

  it('is told the same in every country and every language', async () => {
    const here = await leaky('inproc');
    const places = [
      { TZ: 'Asia/Kolkata', LC_ALL: 'tr_TR.UTF-8' },
      { TZ: 'America/New_York', LC_ALL: 'de_DE.UTF-8' },
    ];
    for (const place of places)
      expect(await hashesIn(place)).toEqual([here.traceHash, here.traceHash]);
  });
});

/** The hashes of both lanes in a process that stands somewhere else. */
function hashesIn(env: Readonly<Record<string, string>>): Promise<string[]> {
  const text = `
    import { simulate } from ${JSON.stringify(simModule('simulate'))};
    const program = { entry: ${JSON.stringify(simModule('testing/leaky'))} };
    for (const lane of ['inproc', 'worker']) {
      const options = { program, lane, seed: 1, nodes: 2, durationMs: 3000 };
      console.log((await simulate(options)).traceHash);
    }`;
  const args = ['--import', 'tsx', '--input-type=module', '-e', text];
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env } });
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out += chunk));
  return new Promise((resolve) => child.on('close', () => resolve(out.trim().split('\n'))));
}
