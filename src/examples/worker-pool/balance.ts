/** How a pool chooses who gets the next task. */
export type Balance = 'round_robin' | 'least_loaded';

/** What a pool knows of the work of one worker. */
export interface Load {
  /** Tasks that it was given and has not answered. */
  readonly active: number;
  readonly done: number;
}

export interface Choice {
  /** Which of the workers. */
  readonly index: number;
  /** For the next choice. */
  readonly turn: number;
}

/** Chooses one of at least one workers; by turns, or the one with the least to do and done. */
export function chooseWorker(loads: readonly Load[], balance: Balance, turn: number): Choice {
  if (balance === 'least_loaded') return { index: leastLoaded(loads), turn };
  const index = turn % loads.length;
  return { index, turn: (index + 1) % loads.length };
}

// Between equals the earlier one, so that a choice never depends on chance.
function leastLoaded(loads: readonly Load[]): number {
  return loads.reduce((best, load, index) => {
    const least = loads[best] as Load;
    const isLess = load.active - least.active || load.done - least.done;
    return isLess < 0 ? index : best;
  }, 0);
}
