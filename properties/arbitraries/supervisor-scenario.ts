import fc from 'fast-check';
import type { InitPlan, Scenario, ScenarioChild, Step, SupervisorSpec } from '../otp/scenario.js';
import { untunedTree, type TreeTaste } from './supervisor-tree.js';

/** A supervision tree and what is done to it: exits, kills, requests, waits, and a stop at last. */
export function supervisorScenario(
  taste: TreeTaste & { readonly stepsMax: number },
): fc.Arbitrary<Scenario> {
  const moves = fc.array(move, { minLength: 1, maxLength: taste.stepsMax });
  return fc.tuple(untunedTree(taste), moves, lastStop).map(([supervisor, plans, stop]) => {
    const places = placesIn(supervisor);
    const steps = plans.flatMap((plan) => plan(places));
    return { name: 'random', supervisor, steps: steps.concat(stop) };
  });
}

/** Where something can be done. */
interface Places {
  /** Paths of all workers that may ever be there. */
  readonly workers: readonly string[];
  /** Paths of nested supervisors. */
  readonly nested: readonly string[];
  readonly families: readonly FamilyPlace[];
}

interface FamilyPlace {
  readonly path: string;
  readonly isSimple: boolean;
  readonly children: readonly ScenarioChild[];
}

/** A step whose target is still open: paths are known once the tree is. */
type Move = (places: Places) => Step[];

function placesIn(supervisor: SupervisorSpec): Places {
  const workers: string[] = [];
  const nested: string[] = [];
  const families: FamilyPlace[] = [];
  const visit = (spec: SupervisorSpec, path: string): void => {
    const isSimple = spec.strategy === 'simple_one_for_one';
    families.push({ path, isSimple, children: spec.children });
    const below = (id: string): string => (path === 'root' ? id : `${path}/${id}`);
    if (isSimple) workers.push(...DYNAMIC.map(below));
    else workers.push(below('n'));
    for (const child of isSimple ? [] : spec.children) {
      if (child.sup === undefined) workers.push(below(child.id));
      else {
        nested.push(below(child.id));
        visit(child.sup, below(child.id));
      }
    }
  };
  visit(supervisor, 'root');
  return { workers, nested, families };
}

const exit: fc.Arbitrary<Move> = fc
  .record({
    what: fc.constantFrom<Omit<Step, 'id'>>(
      { op: 'crash' },
      { op: 'crash' },
      { op: 'crash' },
      { op: 'stop_normal' },
      { op: 'stop_shutdown' },
      { op: 'stop_shutdown_atom' },
      { op: 'exit', reason: ['normal', 'x'] },
      { op: 'exit', reason: 'killed' },
      { op: 'kill' },
      { op: 'signal', reason: 'boom' },
      { op: 'signal', reason: 'shutdown' },
    ),
    pick: fc.nat(),
  })
  .map(
    ({ what, pick }) =>
      ({ workers }) =>
        chosen(workers, pick).map((id) => ({ ...what, id })),
  );

const batch: fc.Arbitrary<Move> = fc
  .record({ pick: fc.nat(), bits: fc.nat({ max: 15 }), reason: fc.constantFrom('boom', 'normal') })
  .map(({ pick, bits, reason }) => ({ families }) => {
    return chosen(families, pick).flatMap(({ path, isSimple, children }) => {
      const ids = isSimple
        ? DYNAMIC
        : children.filter(({ sup }) => sup === undefined).map(({ id }) => id);
      const hit = ids.filter((_, at) => (bits & (1 << at)) !== 0);
      if ((bits & 1) === 0) hit.reverse();
      const paths = hit.map((id) => (path === 'root' ? id : `${path}/${id}`));
      return hit.length === 0 ? [] : [{ op: 'batch_crash', ids: paths, reason, ...at(path) }];
    });
  });

/** Kills and strangers' signals reach supervisors too. */
const siege: fc.Arbitrary<Move> = fc
  .record({ pick: fc.nat(), how: fc.constantFrom<Partial<Step>>({ op: 'kill' }, { op: 'signal' }) })
  .map(
    ({ pick, how }) =>
      ({ nested }) =>
        // What its orphans do is in no order with what its parent does.
        chosen(nested, pick).map((id) => ({ op: 'kill', id, ...how, unordered: true })),
  );

const request: fc.Arbitrary<(places: Places) => Step[]> = fc
  .record({
    op: fc.constantFrom(
      'start_child',
      'start_child',
      'terminate_child',
      'terminate_child',
      'restart_child',
      'delete_child',
      'get_childspec',
      'count_children',
      'which_children',
    ),
    pick: fc.nat(),
    child: fc.nat(),
    restart: fc.constantFrom('permanent', 'transient', 'temporary'),
    init: fc.constantFrom<InitPlan>('ok', 'ok', 'fail', 'ignore', { fail_on: [2] }),
  })
  .map(
    ({ op, pick, child, restart, init }) =>
      ({ families }) =>
        chosen(families, pick).flatMap((family): Step[] => {
          const where = at(family.path);
          if (op === 'count_children' || op === 'which_children') return [{ op, ...where }];
          const ids = [...family.children.map(({ id }) => id), 'n'];
          const plan = init === 'ok' ? {} : { init };
          if (family.isSimple) {
            const [name = ''] = chosen(DYNAMIC, child);
            if (op === 'start_child') return [{ op, args: [name, plan], ...where }];
            const path = family.path === 'root' ? name : `${family.path}/${name}`;
            if (op === 'terminate_child') return [{ op, pid_of: path, ...where }];
            return [{ op, id: op === 'get_childspec' ? 'w' : name, ...where }];
          }
          const [id = ''] = chosen(ids, child);
          if (op !== 'start_child') return [{ op, id, ...where }];
          return [{ op, spec: { id, restart, ...plan }, ...where }];
        }),
  );

const queued: fc.Arbitrary<Move> = fc
  .array(request, { minLength: 2, maxLength: 4 })
  .map((requests) => (places) => {
    const calls = requests.flatMap((one) => one(places));
    // Only the calls to one supervisor have an order.
    return [{ op: 'queued', calls: calls.filter(({ sup }) => sup === calls[0]?.sup) }];
  });

const wait: fc.Arbitrary<Move> = fc
  .constantFrom(91, 307, 2111)
  .map((ms) => (): Step[] => [{ op: 'wait', ms }]);

/** Something happens while something else is still under way. */
const meanwhile: fc.Arbitrary<Move> = fc
  .tuple(exit, fc.constantFrom(23, 113), fc.oneof(exit, request, queued))
  .map(([first, ms, second]) => (places): Step[] => [
    ...first(places).map((step) => ({ ...step, settle: false })),
    { op: 'wait', ms, settle: false },
    ...second(places).filter((step) => !meansAProcess(step)),
    // Whatever came before, the system is quiet again.
    { op: 'wait', ms: 1 },
  ]);

/** Which process a name stands for while it is being started is anybody's guess. */
function meansAProcess({ pid_of, calls = [] }: Step): boolean {
  return pid_of !== undefined || calls.some(meansAProcess);
}

const move: fc.Arbitrary<Move> = fc.oneof(
  { weight: 8, arbitrary: exit },
  { weight: 7, arbitrary: request },
  { weight: 2, arbitrary: batch },
  { weight: 2, arbitrary: queued },
  { weight: 3, arbitrary: meanwhile },
  { weight: 1, arbitrary: siege },
  { weight: 1, arbitrary: wait },
);

const lastStop = fc.constantFrom<Step[]>(
  [],
  [{ op: 'stop' }],
  [{ op: 'stop' }],
  [{ op: 'stop' }],
  [{ op: 'stop', reason: 'normal' }],
  [{ op: 'stop', reason: 'boom' }],
);

function chosen<T>(all: readonly T[], pick: number): T[] {
  const one = all[pick % Math.max(all.length, 1)];
  return one === undefined ? [] : [one];
}

function at(path: string): { sup?: string } {
  return path === 'root' ? {} : { sup: path };
}

/** Names that the children of a simple_one_for_one are given. */
const DYNAMIC = ['w1', 'w2', 'w3'];
