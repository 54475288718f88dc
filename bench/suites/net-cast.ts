import { setTimeout } from 'node:timers/promises';
import { GenServer } from '../../src/otp/facades.js';
import type { GenServerRef } from '../../src/otp/behavior.js';
import { LinkFullError } from '../../src/runtime/call-error.js';
import { duel } from '../duel.js';
import type { Suite } from '../figure.js';
import { farEcho, farServer } from './far-sides.js';

/** Casts to a server of another process, as fast as the link takes them; a call ends them. */
export const netCastSuite: Suite = async () => {
  const { ref, close: closeNode } = await farServer('tcp');
  const { echoer, close: closeEcho } = await farEcho('tcp');
  const figure = await duel({
    path: 'cast over TCP',
    ours: { units: CASTS, run: () => castAll(ref) },
    bare: {
      path: 'bare frames over the same link with our envelope and batching',
      units: CASTS,
      run: () => echoer.cast(MESSAGE, CASTS),
    },
    goals: [{ of: 'value', atLeast: 500_000 }],
    timeMs: 120,
  });
  await closeNode();
  await closeEcho();
  return [figure];
};

async function castAll(ref: GenServerRef): Promise<void> {
  for (let n = 0; n < CASTS;) {
    try {
      while (n < CASTS) {
        GenServer.cast(ref, MESSAGE);
        n += 1;
      }
    } catch (error) {
      if (!(error instanceof LinkFullError)) throw error;
      // A link is full for as long as it takes to send most of a megabyte.
      await setTimeout(1);
    }
  }
  await GenServer.call(ref, MESSAGE);
}

const CASTS = 50_000;
const MESSAGE = { type: 'add', amount: 17 };
