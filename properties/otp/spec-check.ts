import type { KernelOptions } from '../../src/otp/supervision/kernel-options.js';
import { badCombination } from '../../src/otp/supervision/auto-shutdown.js';
import type {
  AutoShutdown,
  ChildPolicy,
  RestartType,
} from '../../src/otp/supervision/child-policy.js';
import type { Strategy } from '../../src/otp/supervision/strategy.js';
import type { ScenarioChild, SupervisorSpec } from './scenario.js';
import type { Term } from './term.js';

/** A child's specification with all defaults filled in. */
export interface CheckedChild extends ChildPolicy {
  readonly plan: ScenarioChild;
}

export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Term };

/** The flags of a supervisor, or the term that Erlang refuses them with. */
export function checkFlags(spec: SupervisorSpec): Checked<KernelOptions> {
  const { strategy = 'one_for_one', intensity = 1, period_ms = 5000 } = spec;
  const { auto_shutdown = 'never' } = spec;
  if (!STRATEGIES.includes(strategy)) return refuse(['invalid_strategy', strategy]);
  if (!isCount(intensity)) return refuse(['invalid_intensity', intensity]);
  if (!isCount(period_ms) || period_ms === 0) return refuse(['invalid_period', period_ms]);
  if (!AUTO_SHUTDOWNS.includes(auto_shutdown)) {
    return refuse(['invalid_auto_shutdown', auto_shutdown]);
  }
  const value: KernelOptions = {
    strategy: strategy as Strategy,
    intensity: { maxRestarts: intensity, withinMs: period_ms },
    autoShutdown: auto_shutdown as AutoShutdown,
    strict: true,
    hosting: 'serial',
  };
  return { ok: true, value };
}

/** All children's specifications, or what is wrong with the first wrong one. */
export function checkChildren(
  children: readonly ScenarioChild[],
  mode: AutoShutdown,
): Checked<CheckedChild[]> {
  const value: CheckedChild[] = [];
  for (const child of children) {
    const checked = checkChild(child, mode);
    if (!checked.ok) return checked;
    if (value.some(({ id }) => id === child.id)) return refuse(['duplicate_child_name', child.id]);
    value.push(checked.value);
  }
  return { ok: true, value };
}

export function checkChild(plan: ScenarioChild, mode: AutoShutdown): Checked<CheckedChild> {
  const { id, restart = 'permanent', significant = false } = plan;
  const { shutdown = plan.sup === undefined ? 5000 : 'infinity' } = plan;
  if ((id as string | undefined) === undefined) return refuse('missing_id');
  if (!RESTARTS.includes(restart)) return refuse(['invalid_restart_type', restart]);
  if (typeof significant !== 'boolean') return refuse(['invalid_significant', significant]);
  const policy = { id, restart: restart as RestartType, significant };
  const bad = badCombination(mode, policy);
  if (bad !== undefined) {
    const setting = bad === 'never' ? ['auto_shutdown', 'never'] : ['restart', 'permanent'];
    return refuse(['bad_combination', [setting, ['significant', true]]]);
  }
  if (shutdown !== 'infinity' && shutdown !== 'brutal_kill' && !isCount(shutdown)) {
    return refuse(['invalid_shutdown', shutdown]);
  }
  return { ok: true, value: { ...policy, shutdown, plan } };
}

function refuse(error: Term): { readonly ok: false; readonly error: Term } {
  return { ok: false, error };
}

function isCount(value: Term): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0;
}

const STRATEGIES: readonly Term[] = [
  'one_for_one',
  'one_for_all',
  'rest_for_one',
  'simple_one_for_one',
];
const AUTO_SHUTDOWNS: readonly Term[] = ['never', 'any_significant', 'all_significant'];
const RESTARTS: readonly Term[] = ['permanent', 'transient', 'temporary'];
