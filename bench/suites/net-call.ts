import { GenServer } from '../../src/otp/facades.js';
import { duel } from '../duel.js';
import type { Figure, Suite } from '../figure.js';
import { type Carrier, farEcho, farServer } from './far-sides.js';

/** Calls to a server of another node, in another thread and in another process. */
export const netCallSuite: Suite = async () => [
  await figure('port', 'call over a MessagePort'),
  await figure('tcp', 'call over TCP'),
];

async function figure(carrier: Carrier, path: string): Promise<Figure> {
  const { ref, close: closeNode } = await farServer(carrier);
  const { echoer, close: closeEcho } = await farEcho(carrier);
  const caller = async (): Promise<void> => {
    for (let n = 0; n < CALLS / CALLERS; n++) await GenServer.call(ref, MESSAGE);
  };
  const ours = (): Promise<unknown> => Promise.all(Array.from({ length: CALLERS }, caller));
  const measured = await duel({
    path: `${path}, ${CALLERS} under way`,
    ours: { units: CALLS, run: ours },
    bare: {
      path: 'a bare echo over the same link with our envelope and batching',
      units: CALLS,
      run: () => echoer.call(MESSAGE, CALLS, CALLERS),
    },
    goals: [{ of: 'ratio', atLeast: 0.75 }],
    timeMs: 120,
  });
  await closeNode();
  await closeEcho();
  return measured;
}

const CALLERS = 64;
const CALLS = 6400;
const MESSAGE = { type: 'add', account: 'alice', amount: 17.5, tags: ['cash', 'today'] };
