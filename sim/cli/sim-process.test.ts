import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

function run(text: string, interruptAfter?: string): Promise<Ended> {
  const env = { ...process.env, NO_COLOR: '1' };
  const child = spawn(process.execPath, ['--import', 'tsx', main, ...text.split(' ')], { env });
  let [out, err] = ['', ''];
  let isInterrupted = false;
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    out += chunk;
    if (isInterrupted || interruptAfter === undefined || !out.includes(interruptAfter)) return;
    isInterrupted = true;
    child.kill('SIGINT');
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (err += chunk));
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, out, err })));
}

describe('the command', () => {
  it('runs nodes in threads of their own and sees the killed ones end', async () => {
    const { code, out } = await run('--nodes 5 --kill 2 --seed 7 --json');
    expect(code).toBe(0);
    const { threads, killed, lane } = JSON.parse(out) as {
      threads: { threadId: number }[];
      killed: { exitSeen: boolean }[];
      lane: string;
    };
    expect(lane).toBe('worker');
    expect(new Set(threads.map(({ threadId }) => threadId)).size).toBe(5);
    expect(killed.map(({ exitSeen }) => exitSeen)).toEqual([true, true]);
  });

  it('refuses what it does not understand with one line and code 2', async () => {
    const { code, out, err } = await run('--nodse 5');
    expect([code, out]).toEqual([2, '']);
    expect(err).toBe('faultline sim: unknown flag --nodse: did you mean --nodes?\n');
  });

  it('ends a search on Ctrl-C with what it has, and leaves nothing behind', async () => {
    const { code, out, err } = await run('--runs 500 --jobs 2 --seed 7', 'faultline sim');
    expect([code, err]).toEqual([130, '']);
    expect(out).toMatch(/^ABORTED {2}\d+ seeds? from 7 on: .*interrupted, sweep/m);
    expect(out.trimEnd().split('\n').at(-1)).toMatch(/--seed 7 --lane inproc --runs 500$/);
  });

  it.each(['worker', 'inproc'])(
    'ends all threads of the %s lane on Ctrl-C, with a summary and code 130',
    async (lane) => {
      const { code, out } = await run(`--seed 7 --lane ${lane} --duration 60m`, 'started');
      expect(code).toBe(130);
      expect(out).toContain('ABORTED');
      expect(out.trimEnd().split('\n').at(-1)).toMatch(
        /^npm run sim -- --nodes 5 --kill 2 --seed 7/,
      );
    },
  );
});
