import { GenServer } from '../../src/otp/facades.js';
import { BareMailbox } from '../bare/mailbox.js';
import { duel } from '../duel.js';
import type { Suite } from '../figure.js';
import { adder } from './adder.js';

/** One caller after another, and 64 at a time, all through the public facade. */
export const callSuite: Suite = async () => {
  const ref = await GenServer.start(adder);
  const bare = new BareMailbox((message: number) => message);
  // Each side has loops of its own: one that both shared would call neither of them directly.
  const oursInTurn = async (calls: number): Promise<void> => {
    for (let n = 0; n < calls; n++) await GenServer.call(ref, n);
  };
  const bareInTurn = async (calls: number): Promise<void> => {
    for (let n = 0; n < calls; n++) await bare.call(n);
  };
  const together = (caller: (calls: number) => Promise<void>) => {
    const callers = Array<number>(CALLERS).fill(CALLS / CALLERS);
    return () => Promise.all(callers.map(caller));
  };
  const path = 'a bare promise and queue';
  return [
    await duel({
      path: 'call, one caller',
      ours: { units: CALLS, run: () => oursInTurn(CALLS) },
      bare: { path, units: CALLS, run: () => bareInTurn(CALLS) },
      goals: [{ of: 'ratio', atLeast: 0.5 }],
      clock: 'processor',
    }),
    await duel({
      path: `call, ${CALLERS} callers`,
      ours: { units: CALLS, run: together(oursInTurn) },
      bare: { path, units: CALLS, run: together(bareInTurn) },
      goals: [{ of: 'ratio', atLeast: 0.5 }],
      clock: 'processor',
    }),
  ];
};

const CALLERS = 64;
const CALLS = 20_480;
