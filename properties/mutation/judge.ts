import fc from 'fast-check';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import '../../src/otp/supervision/agenda.test.js';
import '../../src/otp/supervision/auto-shutdown.test.js';
import '../../src/otp/supervision/child-table.test.js';
import '../../src/otp/supervision/held.test.js';
import '../../src/otp/supervision/inbox.test.js';
import '../../src/otp/supervision/kernel.test.js';
import '../../src/otp/supervision/kernel-memory.test.js';
import '../../src/otp/supervision/parking.test.js';
import '../../src/otp/supervision/pump.test.js';
import '../../src/otp/supervision/recovery.test.js';
import '../../src/otp/supervision/requests.test.js';
import '../../src/otp/supervision/restart-backoff.test.js';
import '../../src/otp/supervision/restart-type.test.js';
import '../../src/otp/supervision/restart-window.test.js';
import '../../src/otp/supervision/strategy.test.js';
import '../../src/otp/supervisor/supervisor.test.js';
import '../../src/otp/supervisor/supervisor-misuse.test.js';
import '../../src/otp/supervisor/supervisor-race.test.js';
import '../../src/distributed/distributed-misuse.test.js';
import '../../src/distributed/distributed-supervisor.test.js';
import '../../src/distributed/failover.test.js';
import { erlangLikenessLaw } from '../laws/erlang-likeness.js';
import { kernelHostingLaw } from '../laws/kernel-hosting.js';
import { makeKernel } from '../laws/kernel-factory.js';
import { kernelMemoryLaw } from '../laws/kernel-memory.js';
import { SupervisionKernel } from '../../src/otp/supervision/kernel.js';
import { restForOneOrderLaw } from '../laws/rest-for-one-order.js';
import { restartIntensityLaw } from '../laws/restart-intensity.js';
import { comparable, firstDifference } from '../otp/comparable.js';
import { runScenario as runOnSupervisor } from '../otp/driver.js';
import { runScenario } from '../otp/kernel-driver.js';
import type { Scenario } from '../otp/scenario.js';
import type { Trace } from '../otp/trace.js';
import { stories, test } from './stand-in.js';

// Runs in a thread of its own, bundled with one mutant: tells what caught it, if anything did.
const { corpusDirs } = workerData as { readonly corpusDirs: readonly string[] };
fc.configureGlobal({ seed: 20_260_101, numRuns: 400 });
for (const dir of corpusDirs) {
  for (const file of readdirSync(join(dir, 'traces'))) {
    test(`scenario ${file}`, () => {
      const scenario = read(join(dir, 'scenarios', file)) as Scenario;
      const expected = comparable(scenario, read(join(dir, 'traces', file)) as Trace);
      const difference = firstDifference(expected, comparable(scenario, runScenario(scenario)));
      if (difference !== undefined) throw new Error(difference);
    });
  }
}
test('the law on hosting', () => {
  kernelHostingLaw((options) => new SupervisionKernel(options));
});
test('the law on memory', kernelMemoryLaw);
test('the law on intensity', () => restartIntensityLaw(makeKernel));
test('the law on order', () => restForOneOrderLaw(makeKernel));
test('likeness, one supervisor', () => erlangLikenessLaw(runScenario, { depth: 0 }));
test('likeness, the real supervisor', () => erlangLikenessLaw(runOnSupervisor, { depth: 0 }));
test('likeness, many levels', () => erlangLikenessLaw(runScenario, { depth: 2 }));
parentPort?.postMessage(await firstFailure());

async function firstFailure(): Promise<string | undefined> {
  for (const { title, run } of stories) {
    try {
      await run();
    } catch (error) {
      return `${title}: ${String(error)}`;
    }
  }
  return undefined;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(file, 'utf8'));
}
