import type { GenServerBehavior, GenServerRef } from '../../src/otp/behavior.js';
import { GenServer } from '../../src/otp/facades.js';
import { setCurrentRuntime } from '../../src/runtime/current.js';
import { Runtime } from '../../src/runtime/runtime.js';
import type { NodeContext, NodeProgram } from '../program.js';

/**
 * A program with a bug in the order of its processes: a writer and a reader are told to go, one
 * after the other, and only the order of their turns has the value written before it is read.
 */
export function createNode({ platform, observe }: NodeContext): NodeProgram {
  setCurrentRuntime(new Runtime(platform));
  let shelf: GenServerRef;
  let writer: GenServerRef;
  let reader: GenServerRef;
  return {
    start: async () => {
      shelf = await GenServer.start(behaving((told) => observe({ kind: 'shelf', told })));
      writer = await GenServer.start(behaving(() => GenServer.cast(shelf, 'written')));
      reader = await GenServer.start(behaving(() => GenServer.cast(shelf, 'read')));
    },
    operate: () => {
      GenServer.cast(writer, 'go');
      GenServer.cast(reader, 'go');
    },
  };
}

function behaving(act: (told: unknown) => void): GenServerBehavior<undefined> {
  return {
    init: () => undefined,
    handleCall: () => [undefined, undefined],
    handleCast: (told) => {
      act(told);
      return undefined;
    },
  };
}
