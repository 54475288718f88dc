import { describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import { multicastReturns, quietPlace } from '../platform/testing/multicast.js';
import { findCoordinator } from './discovery.js';
import { CoordinatorTaskDistributor } from './socket-coordinator.js';
import { TaskDistributor } from './socket-distributor.js';
import { WorkerClient } from './socket-worker-client.js';
import { quietLogger } from './testing/quiet-logger.js';

const { timers } = createNodePlatform();
const place = await quietPlace();
const hasMulticast = await multicastReturns(place);

describe.skipIf(!hasMulticast)('a coordinator that announces itself (needs multicast)', () => {
  it('is found on its own machine though it listens at 127.0.0.1, by its type alone', async () => {
    const { logger } = quietLogger();
    const coordinator = new CoordinatorTaskDistributor({
      port: 0,
      httpPort: false,
      store: 'memory',
      serviceType: 'kitchen',
      bonjour: place,
      logger,
    });
    await coordinator.start();
    const search = { timeoutMs: 5000, timers, place };
    expect(await findCoordinator({ ...search, serviceType: 'kitchen' })).toBe(
      `http://127.0.0.1:${coordinator.port}`,
    );
    await expect(
      findCoordinator({ ...search, serviceType: 'garden', timeoutMs: 300 }),
    ).rejects.toThrow('No coordinator of the type garden was found within 300 ms');
    await coordinator.stop();
  });

  it('gives tasks to a worker that was told no URL', async () => {
    const { logger } = quietLogger();
    const handled: string[] = [];
    const distributor = new TaskDistributor<string>({
      port: 0,
      bonjour: place,
      getTasks: () => ['apple', 'banana'],
      handleResults: (results) => handled.push(...results),
      logger,
    });
    await distributor.start();
    const worker = new WorkerClient<string>({
      bonjour: place,
      processTasks: (words) => words.map((word) => word.toUpperCase()),
      logger,
    });
    await worker.start();
    await worker.ended;
    await distributor.stop();
    expect(handled).toEqual(['APPLE', 'BANANA']);
  });
});

describe('a worker without a URL', () => {
  it('says what to do when it finds no coordinator', async () => {
    const worker = new WorkerClient<string>({
      serviceType: 'nobody',
      bonjour: place,
      discoveryTimeoutMs: 50,
      processTasks: (words) => words,
      logger: quietLogger().logger,
    });
    await expect(worker.start()).rejects.toThrow(
      'start one with enableBonjour, or give { masterUrl }',
    );
    await worker.ended;
  });

  it.each(['', 'not a type', 'x'.repeat(16)])('is not looked for by the type %j', (serviceType) => {
    expect(() => new CoordinatorTaskDistributor({ serviceType })).toThrow('Expected serviceType');
  });
});
