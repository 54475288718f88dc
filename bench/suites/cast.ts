import { GenServer } from '../../src/otp/facades.js';
import { BareMailbox } from '../bare/mailbox.js';
import { duel } from '../duel.js';
import type { Figure, Suite } from '../figure.js';
import { adder } from './adder.js';

/** A backlog is cast and then drained; a call at its end tells that it is. */
export const castSuite: Suite = async () => {
  const ref = await GenServer.start(adder);
  let sum = 0;
  const bare = new BareMailbox((by: number) => (sum += by));
  const ours = (backlog: number): Promise<number> => {
    for (let n = 0; n < backlog; n++) GenServer.cast(ref, 1);
    return GenServer.call(ref, 0);
  };
  const least = (backlog: number): Promise<number> => {
    for (let n = 0; n < backlog; n++) bare.cast(1);
    return bare.call(0);
  };
  const figures: Figure[] = [];
  for (const backlog of [10_000, 200_000, 1_000_000]) {
    figures.push(
      await duel({
        path: `cast, backlog of ${backlog}`,
        ours: { units: backlog, run: () => ours(backlog) },
        bare: { path: 'a bare queue', units: backlog, run: () => least(backlog) },
        // In a backlog of a million the collector moves every message, ours and theirs: which side
        // it spares differs from run to run.
        goals: [
          ...(backlog < 1_000_000 ? [{ of: 'ratio', atLeast: 0.5 } as const] : []),
          { of: 'value', atLeast: 5e6 },
        ],
        rounds: 9,
        clock: 'processor',
      }),
    );
  }
  return [...figures, linearity(figures)];
};

/** What a message costs in the largest backlog, by what it costs in the smallest. */
function linearity(figures: readonly Figure[]): Figure {
  const [small, large] = [figures.at(0)!, figures.at(-1)!];
  const [ours, bare] = [small.value / large.value, small.bare!.value / large.bare!.value];
  return {
    path: 'a message in the largest backlog, by one in the smallest',
    unit: 'times',
    value: ours,
    bare: { path: 'a bare queue', value: bare },
    // What grows for both is the collector's work.
    ratio: bare / ours,
    goals: [{ of: 'ratio', atLeast: 0.5 }],
  };
}
