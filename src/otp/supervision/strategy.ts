/** Which children a failure touches, and whether children are alike and dynamic. */
export type Strategy = 'one_for_one' | 'one_for_all' | 'rest_for_one' | 'simple_one_for_one';

/**
 * How far the restart of some broken children reaches: to themselves alone, to every child from the
 * earliest broken one on, or to all children.
 */
export type Reach = 'broken' | 'fromEarliest' | 'all';

export function reachOf(strategy: Strategy): Reach {
  switch (strategy) {
    case 'one_for_one':
    case 'simple_one_for_one':
      return 'broken';
    case 'rest_for_one':
      return 'fromEarliest';
    case 'one_for_all':
      return 'all';
  }
}

/** Whether children live and die on their own, so that their restarts need no common order. */
export function isIndependent(strategy: Strategy): boolean {
  return strategy === 'one_for_one' || strategy === 'simple_one_for_one';
}
