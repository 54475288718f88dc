import type { ContractBench } from './bench.js';
import { Witness } from './witness.js';

/** One sentence of the transport contract, with the experiment that would refute it. */
export interface LinkLaw {
  readonly title: string;
  /** Uses the bench up. Rejects with `LawBroken` when the sentence does not hold. */
  check(bench: ContractBench): Promise<void>;
}

/**
 * Makes a law of an experiment. Whatever it tries, the law also holds that the events of each link
 * spell `open? frame* close`, that none came from inside a call, and that closing both transports
 * ends every link.
 */
export function law(title: string, experiment: (witness: Witness) => Promise<void>): LinkLaw {
  return {
    title,
    async check(bench) {
      const witness = new Witness(bench);
      try {
        await experiment(witness);
        witness.demandNoFault();
        await witness.closeBoth();
        witness.demandNoFault();
      } finally {
        await bench.dispose?.();
      }
    },
  };
}
