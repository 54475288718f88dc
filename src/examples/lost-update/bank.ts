import { GenServer, type GenServerRef, GlobalRegistry, Registry } from '../../index.js';
import { ACCOUNT, type AccountCall, type Deposit, account } from './account.js';
import { TELLER, type Till, type WriteBack, teller } from './teller.js';

/** What a branch needs to know of the node that it is on. */
export interface BranchNode {
  readonly isFirst: boolean;
  observe(what: string, data: Readonly<Record<string, unknown>>): void;
}

/** What is known of a run of the branches once it is over. */
export interface BankRun {
  told<Data>(what: string): readonly { readonly data: Data }[];
}

/** Chance by key, from the seed of a run. */
export interface BankDraws {
  between(min: number, max: number, domain: string, ...key: readonly number[]): number;
}

export interface BankDay {
  readonly nodes: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/** Something to do on a node at a time. */
export interface Errand {
  readonly node: number;
  readonly atMs: number;
  readonly operation: Deposit;
}

/** What the simulator asks of a module: set every node up, work on it, judge the whole. */
export interface Bank {
  setup(node: BranchNode): Promise<void>;
  operate(operation: Deposit, node: BranchNode): Promise<void>;
  finish(node: BranchNode): Promise<void>;
  workload(draws: BankDraws, day: BankDay): readonly Errand[];
  readonly invariants: Readonly<Record<string, (run: BankRun) => string | undefined>>;
}

/** A bank with a branch on every node: a teller each, and the one account on the first node. */
export function bank(writeBack: WriteBack): Bank {
  return {
    async setup({ isFirst }) {
      await GenServer.start(teller(writeBack), { name: TELLER });
      if (isFirst) await GlobalRegistry.register(ACCOUNT, await GenServer.start(account));
    },

    /** A customer hands in a deposit; the teller's answer is the receipt. */
    async operate({ id, amount }, { observe }) {
      const ref = Registry.lookup(TELLER) as GenServerRef<Till, Deposit, never, number>;
      await GenServer.call(ref, { id, amount });
      observe('accepted', { id, amount });
    },

    async finish({ isFirst, observe }) {
      if (!isFirst) return;
      const ref = GlobalRegistry.lookup(ACCOUNT) as GenServerRef<
        unknown,
        AccountCall,
        never,
        number
      >;
      observe('balance', { balance: await GenServer.call(ref, { kind: 'read' }) });
    },

    /** A day of deposits at branches all over. */
    workload(draws, { nodes, fromMs, untilMs }) {
      return Array.from({ length: DEPOSITS }, (_, n) => ({
        node: draws.between(0, nodes - 1, 'branch', n),
        atMs: draws.between(fromMs, untilMs, 'time', n),
        operation: { id: `deposit ${n + 1}`, amount: draws.between(1, 100, 'amount', n) },
      }));
    },

    invariants: {
      'no deposit is lost': (run) => {
        const accepted = run.told<Deposit>('accepted').map(({ data }) => data.amount);
        const balance = run.told<{ balance: number }>('balance').at(-1)?.data.balance;
        const sum = accepted.reduce((total, amount) => total + amount, 0);
        if (balance === undefined) return 'nobody could read the balance in the end';
        if (balance === sum) return undefined;
        return `${accepted.length} deposits make ${sum}, and the account holds ${balance}`;
      },
    },
  };
}

const DEPOSITS = 10;
