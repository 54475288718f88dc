import type { AutoShutdown, ChildPolicy } from './child-policy.js';

/**
 * Whether the end of `policy`'s child ends the supervisor.
 *
 * Asked only after a child ended on its own for good: neither a stop on request nor a group restart
 * triggers an auto-shutdown. `significantLeft` counts the significant children that are not
 * stopped; one that waits for its next attempt to start is among them.
 */
export function triggersAutoShutdown(
  mode: AutoShutdown,
  policy: ChildPolicy,
  significantLeft: number,
): boolean {
  if (!policy.significant) return false;
  switch (mode) {
    case 'never':
      return false;
    case 'any_significant':
      return true;
    case 'all_significant':
      return significantLeft === 0;
  }
}

/**
 * The setting that, under Erlang's rules, cannot go with `significant: true`; `undefined` when all
 * is well. The supervisor's own setting is looked at first.
 */
export function badCombination(
  mode: AutoShutdown,
  policy: Pick<ChildPolicy, 'restart' | 'significant'>,
): 'never' | 'permanent' | undefined {
  if (!policy.significant) return undefined;
  if (mode === 'never') return 'never';
  return policy.restart === 'permanent' ? 'permanent' : undefined;
}
