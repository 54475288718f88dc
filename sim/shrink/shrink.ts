import type { Fault, Operation, Plan } from '../plan.js';
import { ddmin } from './ddmin.js';
import { type ShrinkControl, Shrinking, type Shrunk } from './shrinking.js';
import { simplerFaults, simplerHeals } from './simpler-fault.js';

/** What counts as the same failure, and how long to look. */
export interface PlanShrinkOptions extends ShrinkControl {
  /** Operations that are never left out: what promises about the end are judged by. */
  isKept?(operation: Operation): boolean;
}

/**
 * Looks for the smallest plan that `fails`, beginning with `plan`, which is taken to fail. Faults
 * and operations are left out, then what is left is made simpler.
 *
 * The same plan and answers give the same result. It ends early by `signal` or `triesMax`, with the
 * best plan so far.
 */
export function shrink(
  plan: Plan,
  fails: (candidate: Plan) => Promise<boolean>,
  options: PlanShrinkOptions = {},
): Promise<Shrunk<Plan>> {
  return Shrinking.from(plan, fails, options, (shrinking) => {
    return shrinkPlan(
      {
        plan: () => shrinking.best,
        accepts: (candidate) => shrinking.accepts(candidate),
        untilMinimal: (pass) => shrinking.untilMinimal(pass),
      },
      options,
    );
  });
}

/** A plan that is being shrunk, maybe as a part of something bigger. */
export interface PlanSearch {
  plan(): Plan;
  accepts(candidate: Plan): Promise<boolean>;
  untilMinimal(pass: () => Promise<void>): Promise<void>;
}

export async function shrinkPlan(
  search: PlanSearch,
  { isKept = () => false }: Pick<PlanShrinkOptions, 'isKept'>,
): Promise<void> {
  await search.untilMinimal(async () => {
    await leaveOutOperations(search, isKept);
    await leaveOutFaults(search);
    for (let at = 0; at < search.plan().faults.length; at++) await simplify(search, at);
    await simplifyHeal(search);
  });
}

async function leaveOutFaults(search: PlanSearch): Promise<void> {
  const { faults } = search.plan();
  await ddmin(faults, (some) => search.accepts({ ...search.plan(), faults: some }));
}

async function leaveOutOperations(
  search: PlanSearch,
  isKept: (operation: Operation) => boolean,
): Promise<void> {
  const { operations } = search.plan();
  const numbered = operations.map((operation, at) => ({ operation, at }));
  const kept = numbered.filter(({ operation }) => isKept(operation));
  const others = numbered.filter(({ operation }) => !isKept(operation));
  await ddmin(others, (some) => {
    const left = [...some, ...kept].sort((one, other) => one.at - other.at);
    const candidate = left.map(({ operation }) => operation);
    return search.accepts({ ...search.plan(), operations: candidate });
  });
}

async function simplify(search: PlanSearch, at: number): Promise<void> {
  for (let isSimpler = true; isSimpler;) {
    isSimpler = false;
    const plan = search.plan();
    for (const fault of simplerFaults(plan.faults[at] as Fault)) {
      const faults = plan.faults.map((old, n) => (n === at ? fault : old));
      isSimpler = await search.accepts({ ...plan, faults });
      if (isSimpler) break;
    }
  }
}

async function simplifyHeal(search: PlanSearch): Promise<void> {
  const { heal, ...plan } = search.plan();
  if (heal === undefined) return;
  for (const simpler of simplerHeals(heal, lastFaultMs(plan))) {
    const candidate = simpler === undefined ? plan : { ...plan, heal: simpler };
    if (await search.accepts(candidate)) return;
  }
}

function lastFaultMs({ faults }: Plan): number {
  const ends = faults.map((fault) => {
    if (!('atMs' in fault)) return 0;
    return fault.atMs + ('forMs' in fault ? fault.forMs : 0);
  });
  return Math.ceil(Math.max(0, ...ends));
}
