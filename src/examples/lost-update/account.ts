import type { GenServerBehavior } from '../../index.js';

/** Money that was handed in somewhere. The id is the same however often it is sent. */
export interface Deposit {
  readonly id: string;
  readonly amount: number;
}

export type AccountCall =
  | { readonly kind: 'deposit'; readonly deposit: Deposit }
  /** Puts a balance in place of the present one. */
  | { readonly kind: 'overwrite'; readonly balance: number }
  | { readonly kind: 'read' };

interface AccountState {
  readonly balance: number;
  /** What was added already: a deposit whose answer got lost comes again. */
  readonly known: ReadonlySet<string>;
}

/** The name under which every node finds the one account. */
export const ACCOUNT = 'account';

/** The account itself: one process in the cluster, and every call is answered with its balance. */
export const account: GenServerBehavior<AccountState, AccountCall, never, number> = {
  init: () => ({ balance: 0, known: new Set() }),
  handleCall: (message, state) => {
    const next = after(message, state);
    return [next.balance, next];
  },
  handleCast: (_message, state) => state,
};

function after(message: AccountCall, state: AccountState): AccountState {
  switch (message.kind) {
    case 'deposit': {
      const { id, amount } = message.deposit;
      if (state.known.has(id)) return state;
      return { balance: state.balance + amount, known: new Set(state.known).add(id) };
    }
    case 'overwrite':
      return { ...state, balance: message.balance };
    case 'read':
      return state;
  }
}
