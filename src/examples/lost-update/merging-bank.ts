import { bank } from './bank.js';

/**
 * The remedy: a teller that comes back sends what was paid in, not what it makes the balance to be.
 * Sums commute; and a deposit that comes twice, since only its answer was lost, counts once.
 */
export const { setup, operate, finish, workload, invariants } = bank(
  async ({ pending, balance }, ask) => {
    let latest = balance;
    for (const deposit of pending) latest = await ask({ kind: 'deposit', deposit });
    return latest;
  },
);
