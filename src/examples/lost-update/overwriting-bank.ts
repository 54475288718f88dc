import { bank } from './bank.js';

/**
 * The bug: a teller that comes back writes its whole balance over the account's. What others paid
 * in meanwhile is gone, as its balance was copied before that.
 */
export const { setup, operate, finish, workload, invariants } = bank(async ({ balance }, ask) =>
  ask({ kind: 'overwrite', balance }),
);
