import fc from 'fast-check';
import { Ledger } from '../../src/tasks/ledger.js';
import { ledgerMoves } from '../arbitraries/ledger-move.js';
import { type LedgerFactory, LedgerWorld } from '../models/ledger-world.js';

export const ledgers: LedgerFactory = (options, snapshot) => new Ledger(options, snapshot);

/** Whatever happens, no task is lost, none is completed twice, and no two workers have one. */
export function keepingLaw(make: LedgerFactory): void {
  fc.assert(
    fc.property(ledgerMoves(), (moves) => {
      const world = new LedgerWorld(make);
      for (const move of moves) world.play(move);
      world.finish();
    }),
    { numRuns: 300 },
  );
}

/** A ledger made from what was stored is the same as the one that told its changes. */
export function restoringLaw(make: LedgerFactory): void {
  fc.assert(
    fc.property(ledgerMoves(), (moves) => {
      const world = new LedgerWorld(make);
      for (const move of moves) world.play(move);
      world.compareRestored();
    }),
  );
}
