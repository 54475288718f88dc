import fc from 'fast-check';
import type { InitPlan, ScenarioChild, SupervisorSpec } from '../otp/scenario.js';
import type { Term } from '../otp/term.js';

/** How wild the trees are. */
export interface TreeTaste {
  /** Supervisors below supervisors, so many levels of them. */
  readonly depth: number;
  /** Restarts that a supervisor may be given at most. */
  readonly intensityMax: number;
}

/** As {@link supervisorTree}; no two delays in it are the same. */
export function untunedTree(taste: TreeTaste): fc.Arbitrary<SupervisorSpec> {
  return supervisorTree(taste).map((tree) => untuned(tree, { delays: 0 }, 0));
}

/**
 * Otherwise unrelated children would end at the same instant, in no order. Nor is there one between
 * what a nested supervisor does first and what the one above it does next, so nobody there leaves
 * while others still start.
 */
function untuned(tree: SupervisorSpec, count: { delays: number }, lifeMs: number): SupervisorSpec {
  const later = (ms: number): number => ms + 3 * count.delays++;
  const children = tree.children.map((child): ScenarioChild => {
    const { sup, shutdown, on_shutdown, init_delay_ms, exit_after_ms } = child;
    const { delay_ms } = on_shutdown ?? {};
    return {
      ...child,
      ...(sup === undefined ? {} : { sup: untuned(sup, count, LONG_LIFE_MS) }),
      ...(typeof shutdown === 'number' ? { shutdown: later(shutdown) } : {}),
      ...(delay_ms === undefined ? {} : { on_shutdown: { delay_ms: later(delay_ms) } }),
      ...(init_delay_ms === undefined ? {} : { init_delay_ms: mapped(init_delay_ms, later) }),
      ...(exit_after_ms === undefined
        ? {}
        : {
            exit_after_ms: mapped(exit_after_ms, ([ms, why]) => [later(ms + lifeMs), why] as const),
          }),
    };
  });
  return { ...tree, children };
}

function mapped<T, R>(record: Readonly<Record<string, T>>, to: (value: T) => R): Record<string, R> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, to(value)]));
}

/**
 * A supervisor with its children, each of whom may fail, hang, leave or be odd in its own way.
 *
 * Delays are far from each other, so that hardly anything falls on the same instant by accident.
 */
function supervisorTree(taste: TreeTaste): fc.Arbitrary<SupervisorSpec> {
  const { depth, intensityMax } = taste;
  const flags = fc.record({
    strategy: fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one', 'simple_one_for_one'),
    intensity: fc.nat({ max: intensityMax }),
    // A short one would let slow restarts that fail go on for ever.
    period_ms: fc.constant(60_000),
    auto_shutdown: weighted<Term>('never', 6, 'any_significant', 'all_significant'),
  });
  const below = depth > 0 ? fc.option(supervisorTree({ ...taste, depth: depth - 1 })) : none;
  const child = fc.record({ sup: fc.oneof({ weight: 3, arbitrary: none }, below), traits });
  const children = fc.array(child, { minLength: 1, maxLength: 4 });
  return fc.tuple(flags, children).map(([{ strategy, ...rest }, given]) => {
    const isSimple = strategy === 'simple_one_for_one';
    const mode = rest.auto_shutdown;
    const built = given.map(({ sup, traits: own }, at): ScenarioChild => {
      const id = isSimple ? 'w' : (IDS[at] ?? 'z');
      const isSignificant = own.significant && mode !== 'never' && own.restart !== 'permanent';
      const base = { id, restart: own.restart, ...(isSignificant ? { significant: true } : {}) };
      if (sup !== null && !isSimple) return { ...base, ...own.common, sup };
      return { ...base, ...own.common, ...own.worker };
    });
    const children = isSimple ? built.slice(0, 1) : built;
    return { strategy, ...rest, children };
  });
}

const none = fc.constant(null);

/** One value far more often than the others. */
function weighted<T>(usual: T, weight: number, ...others: T[]): fc.Arbitrary<T> {
  return fc.oneof(
    { weight, arbitrary: fc.constant(usual) },
    ...others.map((value) => ({ weight: 1, arbitrary: fc.constant(value) })),
  );
}

const init: fc.Arbitrary<InitPlan> = fc.oneof(
  { weight: 30, arbitrary: fc.constant<InitPlan>('ok') },
  fc.constant<InitPlan>({ fail_on: [2] }),
  fc.constant<InitPlan>({ fail_on: [2, 3] }),
  fc.constant<InitPlan>({ fail_on: [2, 4], reason: 'normal' }),
  fc.constant<InitPlan>({ fail_on: [3], reason: 'shutdown' }),
  fc.constant<InitPlan>({ fail_after: 1 }),
  fc.constant<InitPlan>({ fail_after: 2 }),
  fc.constant<InitPlan>({ ignore_on: [1] }),
  fc.constant<InitPlan>({ ignore_on: [2] }),
  fc.constant<InitPlan>({ ignore_on: [2, 3], fail_on: [4] }),
  fc.constantFrom<InitPlan>('ignore', 'fail', 'raise', { fail_first: 1 }),
);

/** What a worker does when it is asked to end, and how long it is given. */
const manners: fc.Arbitrary<Partial<ScenarioChild>> = weighted<Partial<ScenarioChild>>(
  {},
  10,
  { shutdown: 'brutal_kill' },
  { shutdown: 'infinity' },
  { shutdown: 181, ignores_shutdown: true },
  { shutdown: 330, on_shutdown: { delay_ms: 137 } },
  { shutdown: 70, on_shutdown: { delay_ms: 250 } },
  { on_shutdown: { exit: 'odd' } },
  { on_shutdown: { exit: 'normal' } },
  { trap_exit: false },
);

const traits = fc.record({
  restart: fc.constantFrom('permanent', 'permanent', 'transient', 'temporary'),
  significant: fc.boolean(),
  common: fc
    .record({ init, slow: weighted<Partial<ScenarioChild>>({}, 12, slowIn(2), slowIn(3)) })
    .map(({ init: plan, slow }) => ({ ...(plan === 'ok' ? {} : { init: plan }), ...slow })),
  worker: fc
    .record({
      manners,
      leaves: weighted<Partial<ScenarioChild>>(
        {},
        14,
        { exit_after_ms: { '1': [43, 'boom'] } },
        { exit_after_ms: { '2': [43, 'boom'] } },
        { exit_after_ms: { '2': [43, 'normal'] } },
      ),
    })
    .map((parts) => ({ ...parts.manners, ...parts.leaves })),
});

function slowIn(inc: number): Partial<ScenarioChild> {
  return { init_delay_ms: { [inc]: 251 } };
}

const IDS = ['a', 'b', 'c', 'd'];
const LONG_LIFE_MS = 1900;
