import { compareCodeUnits } from '../../src/base/compare.js';
import type { Scenario, SupervisorSpec } from './scenario.js';
import type { Trace, TraceEvent, TraceReport } from './trace.js';

/**
 * A trace as lines that another run has to repeat.
 *
 * What happens within one family is in order: a supervisor and its children, level by level. What
 * unrelated families do at the same time is not, nor are steps that say so, nor the children that a
 * simple_one_for_one stops side by side.
 */
export function comparable(scenario: Scenario, trace: Trace): string[] {
  const simple = new Set(simplePaths(scenario.supervisor, 'root'));
  const unordered = new Set(scenario.steps.flatMap((step, at) => (step.unordered ? [at + 1] : [])));
  const families = new Map<string, Family>();
  for (const event of trace.events) {
    const isLoose = unordered.has(event.step);
    for (const path of familiesOf(event)) {
      const family = families.get(path) ?? new Family(path);
      families.set(path, family);
      family.add(event, isLoose || simple.has(path));
    }
  }
  for (const report of trace.reports) {
    const key = `reports of ${report.sup}`;
    const family = families.get(key) ?? new Family(key);
    families.set(key, family);
    family.addReport(report, unordered.has(report.step) || simple.has(report.sup));
  }
  const told = [...families.values()].sort((a, b) => compareCodeUnits(a.path, b.path));
  const steps = trace.steps.map((step) => canonical(step));
  return [...told.flatMap((family) => family.lines()), ...steps, canonical(trace.final)];
}

/** The first line that differs, as the two runs have it; `undefined` when none does. */
export function firstDifference(
  expected: readonly string[],
  actual: readonly string[],
): string | undefined {
  const length = Math.max(expected.length, actual.length);
  for (let at = 0; at < length; at++) {
    const [one, other] = [expected[at] ?? '(nothing)', actual[at] ?? '(nothing)'];
    if (one !== other) return `expected ${one}\nbut got  ${other}`;
  }
  return undefined;
}

class Family {
  readonly #lines: { readonly step: number; readonly text: string; readonly isLoose: boolean }[] =
    [];

  constructor(readonly path: string) {}

  add({ step, ev, id, inc, reason }: TraceEvent, isLoose: boolean): void {
    const why = reason === undefined ? '' : ` ${JSON.stringify(reason)}`;
    this.#lines.push({ step, text: `${id}#${inc} ${ev}${why}`, isLoose });
  }

  addReport({ step, child, context, reason }: TraceReport, isLoose: boolean): void {
    this.#lines.push({ step, text: `${context} ${child} ${JSON.stringify(reason)}`, isLoose });
  }

  lines(): string[] {
    const inOrder = this.#lines.map((line, at) => ({ ...line, at }));
    inOrder.sort((a, b) => {
      if (a.step !== b.step || !a.isLoose) return a.step - b.step || a.at - b.at;
      return compareCodeUnits(a.text, b.text);
    });
    return inOrder.map(({ step, text }) => `family ${this.path}, step ${step}: ${text}`);
  }
}

/** A supervisor is in two: the one that it is a child of, and its own. */
function familiesOf({ id, ev }: TraceEvent): string[] {
  const slash = id.lastIndexOf('/');
  const parent = slash < 0 ? 'root' : id.slice(0, slash);
  if (id === 'root') return ['root'];
  return ev === 'sup_init' || ev === 'exit' ? [parent, id] : [parent];
}

function simplePaths(spec: SupervisorSpec, path: string): string[] {
  const own = spec.strategy === 'simple_one_for_one' ? [path] : [];
  const below = spec.children.flatMap(({ id, sup }) =>
    sup === undefined ? [] : simplePaths(sup, path === 'root' ? id : `${path}/${id}`),
  );
  return [...own, ...below];
}

/** JSON with its keys in order. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner !== 'object' || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).sort(([a], [b]) => compareCodeUnits(a, b));
    return Object.fromEntries(entries);
  });
}
