import { describe, expect, it } from 'vitest';
import { type ErrorClass, FaultlineError, reviveError } from '../src/base/errors.js';
import * as door from '../src/index.js';
import { runVirtual } from '../src/platform/run-virtual.js';
import { setCurrentRuntime } from '../src/runtime/current.js';
import { Runtime } from '../src/runtime/runtime.js';

describe('Every error of the front door', () => {
  const classes = new Map(
    Object.entries(door as Readonly<Record<string, unknown>>).flatMap(([name, value]) =>
      isErrorClass(value) ? [[name, value]] : [],
    ),
  );

  it('is an instance of its class on the node that it reaches', () =>
    runVirtual(async (platform) => {
      const network = new door.MemoryNetwork(platform, { latencyMs: 1 });
      const { clock, timers, random, entropy, runQueue, log, store } = platform;
      const parts = { clock, timers, random, entropy, runQueue, log, store, incarnation: 1n };
      const [here, there] = [new Runtime(parts), new Runtime(parts)];
      const joined = new Promise((resolve) => {
        setCurrentRuntime(here);
        door.Cluster.onNodeUp(resolve);
      });
      await start(here, network, 1);
      await start(there, network, 2, ['n1@127.0.0.1:1']);
      await joined;
      setCurrentRuntime(there);
      const failing = await door.GenServer.start({
        init: () => null,
        handleCall: (name: string, state: null) => {
          const Class = classes.get(name) as ErrorClass;
          const fields = { childId: name, cause: undefined, nested: [new RangeError(name)] };
          return [door.GenServer.replyError(reviveError(Class, `from ${name}`, fields)), state];
        },
        handleCast: (_message: never, state: null) => state,
      });
      expect(classes.size).toBeGreaterThan(50);
      for (const [name, Class] of classes) {
        setCurrentRuntime(here);
        const error: unknown = await door.GenServer.call(failing, name).catch((e: unknown) => e);
        expect(error, name).toBeInstanceOf(Class);
        expect(Object.getPrototypeOf(error), name).toBe(Class.prototype);
        expect(error).toMatchObject({
          name,
          code: Class.code,
          message: `from ${name}`,
          childId: name,
          nested: [expect.any(RangeError)],
        });
      }
    }));
});

function start(
  runtime: Runtime,
  network: door.MemoryNetwork,
  port: number,
  seeds: readonly string[] = [],
): Promise<void> {
  setCurrentRuntime(runtime);
  const transport = network.transport(`127.0.0.1:${port}`);
  return door.Cluster.start({ nodeName: `n${port}`, port, seeds, transport });
}

function isErrorClass(value: unknown): value is ErrorClass & (abstract new () => Error) {
  return (
    typeof value === 'function' &&
    Object.prototype.isPrototypeOf.call(FaultlineError, value) &&
    typeof (value as { code?: unknown }).code === 'string'
  );
}
