import { describe, expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import type { LaneName } from '../lanes/lane.js';
import type { Plan } from '../plan.js';
import { simulate, type SimReport } from '../simulate.js';

const program = { entry: simModule('testing/clocks') };
const lanes: readonly LaneName[] = ['inproc', 'worker'];

function run(lane: LaneName, operations: Plan['operations'] = []): Promise<SimReport> {
  return simulate({ program, lane, nodes: 2, plan: { faults: [], operations }, durationMs: 3000 });
}

function saw(report: SimReport, node = 0): Record<string, unknown>[] {
  const seen = report.observed.filter((entry) => entry.node === node);
  return seen.map(({ observation }) => observation).filter(({ kind }) => kind === 'saw');
}

describe('the world of a simulated node', () => {
  it.each(lanes)('has one clock, whoever asks for it (%s lane)', async (lane) => {
    const [first, second] = saw(await run(lane)) as [
      Record<string, unknown>,
      Record<string, unknown>,
    ];
    const start = Date.UTC(2024, 0, 1);
    expect(first).toMatchObject({ dates: [start, start, start, start], elapsed: [0, 0, 0, 0] });
    expect(first).toMatchObject({ same: true, origin: start, pid: 1000 });
    expect(first['formatted']).toBe('12:00:00 AM UTC');
    const [now] = second['dates'] as [number];
    expect(now).toBeGreaterThanOrEqual(start + 1500);
    expect(now).toBeLessThan(start + 1510);
    expect(second['elapsed']).toEqual([now - start, now - start, (now - start) / 1000, 1]);
    expect(second['order']).toEqual(['tick', 'microtask', 'immediate', 'timeout']);
  });

  it('draws the same numbers in both lanes, and others in another node', async () => {
    const [inproc, worker] = [await run('inproc'), await run('worker')];
    expect(saw(worker)).toEqual(saw(inproc));
    expect(saw(inproc, 1)[0]?.['ids']).not.toEqual(saw(inproc, 0)[0]?.['ids']);
    expect(worker.traceHash).toBe(inproc.traceHash);
  });

  it.each([
    ['connect', /net\.connect is not available/],
    ['fetch', /fetch is not available/],
    ['extend an intrinsic', /not extensible/],
    ['watch a weak one', /WeakRef is not available/],
  ])('refuses to %s, by name', async (operation, message) => {
    for (const lane of lanes) {
      const report = await run(lane, [{ node: 1, atMs: 10, operation }]);
      expect(report.failures.map(({ failure }) => failure.message)).toEqual([
        expect.stringMatching(message),
      ]);
    }
  });

  it.each(lanes)(
    'lets a program give its own objects what the language has (%s lane)',
    async (lane) => {
      const shadowing = { entry: simModule('testing/shadowing') };
      const operations = [0, 1].map((node) => ({ node, atMs: 10, operation: 'stub' }));
      const options = { program: shadowing, lane, nodes: 3, plan: { faults: [], operations } };
      const { observed, failures } = await simulate({ ...options, durationMs: 20 });
      expect(failures).toEqual([]);
      expect(observed.find(({ observation }) => observation.kind === 'shadowed')).toMatchObject({
        observation: {
          classes: 'an old class',
          errors: ['NamedError: why', 'why'],
          objects: ['toString', 'valueOf', 'hasOwnProperty', 'constructor'],
          functions: 'a function',
          packed: { list: [1, 'two', { three: 3n }], at: 5 },
          cloned: true,
          stream: true,
          emitter: 'mine',
        },
      });
      const answers = observed.filter(({ observation }) => observation.kind === 'stubbed');
      expect(answers.map(({ observation }) => observation['answer']).sort()).toEqual([
        'stub of node 0',
        'stub of node 1',
      ]);
    },
  );

  it.each(lanes)(
    'keeps what one node writes to its globals from the others (%s lane)',
    async (lane) => {
      const report = await run(lane, [
        { node: 0, atMs: 10, operation: 'keep a global' },
        { node: 1, atMs: 20, operation: 'see a global' },
      ]);
      expect(report.failures).toEqual([]);
    },
  );
});
