import { GlobalNameConflictError } from '../../src/cluster/global-registry.js';
import { GlobalRegistry } from '../../src/cluster/registry-facades.js';
import type { GenServerBehavior, GenServerRef } from '../../src/otp/behavior.js';
import type { Context } from '../../src/otp/context.js';
import { GenServer } from '../../src/otp/facades.js';
import { ServerNotRunningError } from '../../src/runtime/call-error.js';
import type { Observation } from '../turn.js';
import type { Inits } from './inits.js';

/** What callers send: who they are, and the number of the message among theirs to this counter. */
export interface CounterMessage {
  readonly from: string;
  readonly number: number;
  readonly op: number;
  /** Crashes the counter, or ends it normally, instead of counting. */
  readonly end?: 'crash' | 'normal';
  /** Nobody reads it. */
  readonly padding?: Uint8Array;
}

/** What a call is answered with; `op` is the caller's own. */
export interface CounterReply {
  readonly op: number;
  readonly count: number;
}

export interface CounterState {
  readonly name: string;
  readonly self: GenServerRef;
  count: number;
}

/**
 * The child that a run supervises: it counts, answers, and makes itself known under its name. A
 * name that a lost incarnation still holds is asked for again until its node is given up.
 */
export function counterBehavior(
  observe: (observation: Observation) => void,
  inits: Pick<Inits, 'next'>,
): GenServerBehavior<CounterState, CounterMessage, CounterMessage, CounterReply> {
  return {
    init: (name: string): CounterState | Promise<CounterState> => {
      const self = GenServer.self();
      const begin = (): CounterState => {
        claim(name, self);
        return { name, self, count: 0 };
      };
      return inits.next(name)?.then(begin) ?? begin();
    },
    handleCall: (message, state) => {
      take(message, state, observe);
      state.count += 1;
      return [{ op: message.op, count: state.count }, state];
    },
    handleCast: (message, state) => {
      take(message, state, observe);
      state.count += 1;
      return state;
    },
    handleInfo: (info: unknown, state, _context: Context) => {
      if (info === CLAIM) claim(state.name, state.self);
      return state;
    },
  };
}

function take(
  { from, number, op, end }: CounterMessage,
  { name, self }: CounterState,
  observe: (observation: Observation) => void,
): void {
  observe({ kind: 'received', childId: name, processId: self.id, from, number, op });
  if (end === 'crash') throw new Error('crashed on request');
  if (end === 'normal') void GenServer.stop(self);
}

function claim(name: string, self: GenServerRef): void {
  GlobalRegistry.register(name, self).catch((error: unknown) => {
    // Ended while it still began: nobody waits for it any more.
    if (error instanceof ServerNotRunningError) return;
    if (!(error instanceof GlobalNameConflictError)) throw error;
    GenServer.sendAfter(self, CLAIM, CLAIM_AGAIN_MS);
  });
}

const CLAIM = 'claim the name';
const CLAIM_AGAIN_MS = 250;
