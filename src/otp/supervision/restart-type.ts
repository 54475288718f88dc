import { endsNormally, type ExitReason } from '../../runtime/exit-reason.js';
import type { AutoShutdown, ChildPolicy } from './child-policy.js';

/** What becomes of a child that ended on its own: started again, kept stopped, or forgotten. */
export type ExitVerdict = 'restart' | 'keep' | 'remove';

/** The two settings of a supervisor that bear on the verdict. */
export interface ExitRules {
  readonly autoShutdown: AutoShutdown;
  /** Erlang's rules to the letter: a permanent child is always started again. */
  readonly strict: boolean;
}

/**
 * Decides on a child that ended without being asked to.
 *
 * Permanent children come back whatever the reason, transient ones after an abnormal end only,
 * temporary ones never. Unless `strict`, a significant permanent child that ended on purpose stays
 * down where auto-shutdown is on: its end is the sign that the work is done.
 */
export function verdictOnExit(
  policy: ChildPolicy,
  reason: ExitReason,
  rules: ExitRules,
): ExitVerdict {
  switch (policy.restart) {
    case 'permanent':
      return endsTheWork(policy, reason, rules) ? 'keep' : 'restart';
    case 'transient':
      return endsNormally(reason) ? 'keep' : 'restart';
    case 'temporary':
      return 'remove';
  }
}

/** Whether an end is worth a report: any end of a permanent child, every abnormal one of others. */
export function isFailure(policy: ChildPolicy, reason: ExitReason): boolean {
  return policy.restart === 'permanent' || !endsNormally(reason);
}

/** Whether a child that was asked to stop ended as one may expect; anything else is reported. */
export function stoppedCleanly(policy: ChildPolicy, reason: ExitReason): boolean {
  if (reason === (policy.shutdown === 'brutal_kill' ? 'killed' : 'shutdown')) return true;
  return policy.restart !== 'permanent' && endsNormally(reason);
}

function endsTheWork(policy: ChildPolicy, reason: ExitReason, rules: ExitRules): boolean {
  return (
    !rules.strict && policy.significant && rules.autoShutdown !== 'never' && endsNormally(reason)
  );
}
