import { describe, expect, it } from 'vitest';
import { simModule } from '../bundle.js';
import type { LaneName } from '../lanes/lane.js';
import { simulate } from '../simulate.js';
import type { NodeFailure } from '../turn.js';
import { ForbiddenInSimulationError } from './forbidden.js';

const program = { entry: simModule('testing/forbidden-calls') };
const lanes: readonly LaneName[] = ['inproc', 'worker'];

/** Each of `calls` at a node of its own. */
async function failures(lane: LaneName, calls: readonly string[]): Promise<NodeFailure[]> {
  const operations = calls.map((operation, node) => ({ node, atMs: 10, operation }));
  const plan = { faults: [], operations };
  const report = await simulate({ program, lane, nodes: calls.length, plan, durationMs: 20 });
  expect(report.observed.filter(({ observation }) => observation.kind === 'survived')).toEqual([]);
  const failed = report.failures.toSorted((left, right) => left.node - right.node);
  expect(failed.map(({ node }) => calls[node])).toEqual(calls);
  return failed.map(({ failure }) => failure);
}

const forbidden = [
  ...['fetch', 'fs.promises.readFile', 'fs.readFileSync', 'fs.watch', 'net.connect'],
  ...['dgram.createSocket', 'dns.promises.lookup', 'http.request', 'child_process.spawn'],
  ...['worker_threads.Worker', 'zlib.gzip', 'crypto.pbkdf2', 'crypto.scrypt'],
  ...['crypto.generateKeyPairSync', 'crypto.subtle.digest', 'Atomics.wait', 'Atomics.waitAsync'],
  ...['MessageChannel', 'BroadcastChannel', 'WebSocket', 'WeakRef', 'FinalizationRegistry'],
  ...['Blob', 'CompressionStream', 'PerformanceMark', 'perf_hooks.monitorEventLoopDelay'],
  ...['WebAssembly.compile', 'vm.runInThisContext', 'v8.getHeapStatistics'],
  ...['async_hooks.executionAsyncId', 'AsyncResource.asyncId', 'os.userInfo'],
  ...['process.kill', 'process.chdir', "require('left-pad')"],
];

describe('what no simulated node may call', () => {
  it.each(lanes)('is refused by its name, with the line that calls it (%s lane)', async (lane) => {
    const failed = await failures(lane, forbidden);
    for (const [at, { name, code, message }] of failed.entries()) {
      expect(message).toContain(`${forbidden[at] ?? ''} is not available to a simulated node`);
      expect(message).toMatch(/ \(at sim\/testing\/forbidden-calls\.ts:\d+:\d+\)$/);
      expect([name, code]).toEqual(['ForbiddenInSimulationError', ForbiddenInSimulationError.code]);
    }
  });

  it.each(lanes)('ends the node though the program catches the error (%s lane)', async (lane) => {
    const failed = await failures(lane, ['fetch that is caught', 'fetch from evaluated text']);
    for (const { message } of failed) expect(message).toMatch(/^fetch is not available/);
  });

  it('is answered with what to do instead', () => {
    const advice = (call: string): string => new ForbiddenInSimulationError(call).message;
    expect(advice('crypto.scrypt')).toContain('scryptSync');
    expect(advice('fs.readFileSync')).toContain('Import the data');
    expect(advice('net.connect')).toContain('a stub');
  });
});

const writes = [
  ...['a new member of arrays', 'a new member of all objects', 'another then'],
  ...['another toString of all objects', 'another time of dates', 'another Date.now'],
  ...['another Math.random', 'another JSON.parse', 'another on of emitters'],
  ...['another name of errors', 'another next of generators'],
];

describe('what nodes share', () => {
  it('cannot be changed by one of them, and the error says why, in both lanes alike', async () => {
    const [inproc, worker] = [await failures('inproc', writes), await failures('worker', writes)];
    for (const { message } of inproc) expect(message).toMatch(/nodes share|node: nodes share/);
    expect(worker).toEqual(inproc);
  });
});
