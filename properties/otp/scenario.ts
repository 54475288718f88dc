import type { Term } from './term.js';

/** One recorded experiment with a supervisor: what it was given and what was done to it. */
export interface Scenario {
  readonly name: string;
  readonly supervisor: SupervisorSpec;
  readonly steps: readonly Step[];
}

/** Fields are what the scenario says, valid or not: refusing wrong ones is part of the test. */
export interface SupervisorSpec {
  readonly strategy?: Term;
  readonly intensity?: Term;
  readonly period_ms?: Term;
  readonly auto_shutdown?: Term;
  readonly children: readonly ScenarioChild[];
  readonly init?: string;
}

export interface ScenarioChild {
  readonly id: string;
  readonly restart?: Term;
  readonly significant?: Term;
  readonly shutdown?: Term;
  readonly sup?: SupervisorSpec;
  readonly init?: InitPlan;
  readonly init_delay_ms?: Readonly<Record<string, number>>;
  readonly exit_after_ms?: Readonly<Record<string, readonly [number, Term]>>;
  readonly ignores_shutdown?: boolean;
  readonly on_shutdown?: { readonly delay_ms?: number; readonly exit?: Term };
  readonly trap_exit?: boolean;
}

export type InitPlan = 'ok' | 'fail' | 'ignore' | 'raise' | InitByIncarnation;

export interface InitByIncarnation {
  readonly fail_first?: number;
  readonly fail_on?: readonly number[];
  readonly reason?: Term;
  readonly fail_after?: number;
  readonly ignore_on?: readonly number[];
}

export interface Step {
  readonly op: string;
  readonly sup?: string;
  readonly id?: string;
  readonly ids?: readonly string[];
  readonly pid_of?: string;
  readonly reason?: Term;
  readonly ms?: number;
  readonly spec?: ScenarioChild;
  readonly args?: readonly [string, Partial<ScenarioChild>?];
  readonly calls?: readonly Step[];
  readonly settle?: boolean;
  readonly expect_ms?: readonly [number, number];
  /** What happens in it happens in no particular order. */
  readonly unordered?: boolean;
}

/** What a child's init does in its `inc`-th incarnation. */
export type InitOutcome =
  | { readonly kind: 'ok' }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'raise' }
  | { readonly kind: 'fail'; readonly reason: Term };

export function initOutcome(plan: InitPlan | undefined, inc: number): InitOutcome {
  if (plan === undefined || plan === 'ok') return { kind: 'ok' };
  if (plan === 'fail') return { kind: 'fail', reason: 'init_failed' };
  if (plan === 'ignore' || plan === 'raise') return { kind: plan };
  const fails =
    inc <= (plan.fail_first ?? 0) ||
    inc > (plan.fail_after ?? Infinity) ||
    (plan.fail_on?.includes(inc) ?? false);
  if (fails) return { kind: 'fail', reason: plan.reason ?? 'init_failed' };
  return { kind: plan.ignore_on?.includes(inc) === true ? 'ignore' : 'ok' };
}

/** How long nothing may happen before the system counts as quiet. */
export const QUIET_MS = 100;
/** The steps that ask a supervisor for something. */
export const CALLS: ReadonlySet<string> = new Set([
  'start_child',
  'terminate_child',
  'restart_child',
  'delete_child',
  'get_childspec',
  'count_children',
  'which_children',
]);
/** The reason that a child ends with in a step that makes it end. */
export const EXITS: ReadonlyMap<string, Term> = new Map<string, Term>([
  ['crash', 'boom'],
  ['stop_normal', 'normal'],
  ['stop_shutdown', ['shutdown', 'x']],
  ['stop_shutdown_atom', 'shutdown'],
]);
