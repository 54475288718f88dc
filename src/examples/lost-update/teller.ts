import {
  type Context,
  type GenServerBehavior,
  type GenServerRef,
  GlobalRegistry,
} from '../../index.js';
import { ACCOUNT, type AccountCall, type Deposit } from './account.js';

/** What a teller knows of the account, and what the account does not know yet. */
export interface Till {
  readonly balance: number;
  readonly pending: readonly Deposit[];
}

/** How a teller brings the account up to date once it can be reached again; gives the balance. */
export type WriteBack = (till: Till, ask: AskAccount) => Promise<number>;
export type AskAccount = (message: AccountCall) => Promise<number>;

export const TELLER = 'teller';

/**
 * A teller takes deposits on its node and answers with the balance. While the account is out of
 * reach it takes them all the same, counts them in its own till, and writes them back later.
 */
export function teller(writeBack: WriteBack): GenServerBehavior<Till, Deposit, never, number> {
  return {
    init: () => ({ balance: 0, pending: [] }),
    handleCall: async (deposit, till, context) => {
      const next = await take(deposit, till, context);
      return [next.balance, next];
    },
    handleCast: (_message, till) => till,
    handleInfo: async (_info: unknown, till, context) => {
      if (till.pending.length === 0) return till;
      try {
        return { balance: await writeBack(till, (message) => ask(context, message)), pending: [] };
      } catch {
        // Still out of reach, or gone in the middle of it: nothing is forgotten, and it is tried
        // again.
        context.sendAfter('write back', RETRY_MS);
        return till;
      }
    },
  };
}

async function take(deposit: Deposit, till: Till, context: Context): Promise<Till> {
  if (till.pending.length === 0) {
    try {
      return { balance: await ask(context, { kind: 'deposit', deposit }), pending: [] };
    } catch {
      // Out of reach: the customer is not sent away for that.
      context.sendAfter('write back', RETRY_MS);
    }
  }
  return { balance: till.balance + deposit.amount, pending: [...till.pending, deposit] };
}

function ask(context: Context, message: AccountCall): Promise<number> {
  const account = GlobalRegistry.lookup(ACCOUNT) as GenServerRef<
    unknown,
    AccountCall,
    never,
    number
  >;
  return context.call(account, message, { timeout: PATIENCE_MS });
}

const RETRY_MS = 500;
const PATIENCE_MS = 1000;
