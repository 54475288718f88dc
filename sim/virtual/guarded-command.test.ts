import { describe, expect, it } from 'vitest';
import { simCommand } from '../cli/sim-command.js';
import { EXIT } from '../report/verdict.js';
import { moduleFile } from '../testing/module-file.js';

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  const written = { out: '', err: '' };
  const code = await simCommand(args, {
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
    env: { NO_COLOR: '1' },
    command: 'faultline sim',
    version: '0.0.0',
    signal: new AbortController().signal,
  });
  return { code, ...written };
}

/** A module whose server does `act` when it is told to, two virtual seconds after the start. */
function acting(act: string): string {
  return moduleFile(`
    import { GenServer } from 'faultline';
    const server = {
      init: () => 0,
      handleCall: () => [0, 0],
      handleCast: (message, state) => { ${act}; return state; },
    };
    let ref;
    export const setup = async () => { ref = await GenServer.start(server); };
    export const operate = () => GenServer.cast(ref, 'go');
    export const workload = [{ node: 1, atMs: 2000, operation: {} }];
    export const invariants = { 'nothing breaks': () => undefined };
  `);
}

const lanes = ['inproc', 'worker'];

describe('the command, when a node program', () => {
  it.each([
    ...lanes.map((lane) => [lane, 'microtasks', 'const f = () => queueMicrotask(f); f()'] as const),
    ...lanes.map((lane) => [lane, 'code', 'for (;;);'] as const),
  ])('in the %s lane never ends its %s: stops the run and says where', async (lane, _, act) => {
    const { code, err } = await run('--module', acting(act), '--seed', '1', '--lane', lane);
    expect(err).toMatch(/node2@\S+ did not fall quiet within 1250 ms of the machine's time/);
    expect(err).toMatch(/at 2000 ms of virtual time, which an operation of the workload began/);
    expect(code).toBe(EXIT.harness);
  });

  it.each(lanes)('calls what is forbidden: fails and names the call (%s lane)', async (lane) => {
    const file = acting(`fetch('http://10.0.0.1')`);
    const { code, out } = await run('--module', file, '--seed', '1', '--lane', lane);
    expect(out).toContain('fetch is not available to a simulated node');
    expect(out).toMatch(/module\.ts:6:/);
    expect(code).toBe(EXIT.broken);
  });

  it('is not deterministic: names the first event that differs', async () => {
    const flags = ['--plant', 'stacks-sent', '--seed', '7', '--lane', 'inproc', '--quiet'];
    const { code, out } = await run(...flags, '--check-determinism');
    expect(out).toMatch(
      /differs when it is made again in the worker lane, from event \d+ on: first/,
    );
    expect(code).toBe(EXIT.notDeterministic);
  });
});
