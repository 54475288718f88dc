import { compareCodeUnits } from '../../src/base/compare.js';
import type { ChildView } from '../../src/otp/supervision/child.js';
import type { KernelEffect } from '../../src/otp/supervision/kernel-effect.js';
import type { Process } from './process.js';
import type { CheckedChild } from './spec-check.js';
import type { Term } from './term.js';
import { pidText, type Name } from './trace.js';

/** A process as these answers need it. */
export interface Named {
  readonly name: Name;
  readonly isAlive: boolean;
}

export type View = ChildView<CheckedChild, Named>;

/** What of a supervisor shapes the answers about its children. */
export interface Family {
  readonly isSimple: boolean;
  readonly template: CheckedChild | undefined;
}

/** The most recently added child first; nameless and sorted where children are dynamic. */
export function whichChildren(family: Family, children: readonly View[]): Term[] {
  return inOrder(family, children).map((child) => entryOf(family, child));
}

/** As `whichChildren`, with the children of living supervisors inside. */
export function tree(
  family: Family,
  children: readonly View[],
  inner: (process: Named) => Term[] | undefined,
): Term[] {
  return inOrder(family, children).map((child) => {
    const isUp = child.status === 'running' && child.handle?.isAlive === true;
    const below = isUp && child.handle !== undefined ? inner(child.handle) : undefined;
    const entry = entryOf(family, child);
    return below === undefined ? entry : { ...entry, children: below };
  });
}

export function countChildren(family: Family, children: readonly View[]): Term {
  const ofType = (type: string): number =>
    children.filter(({ spec }) => typeOf(spec) === type).length;
  const active = family.isSimple
    ? children.filter(({ status }) => status !== 'restarting')
    : children.filter(({ status, handle }) => isUp(status) && handle?.isAlive === true);
  return {
    active: active.length,
    specs: family.isSimple ? 1 : children.length,
    supervisors: ofType('supervisor'),
    workers: ofType('worker'),
  };
}

export function childSpec(family: Family, children: readonly View[], id: string): Term {
  const specs =
    family.template === undefined ? children.map(({ spec }) => spec) : [family.template];
  const spec = specs.find((one) => one.id === id);
  if (spec === undefined) return { error: 'not_found' };
  const { restart, shutdown, significant } = spec;
  return { ok: { id, restart, shutdown, significant, type: typeOf(spec) } };
}

/** Stop effects sorted by the names of what they stop; all others keep their places. */
export function byName(
  effects: readonly KernelEffect<CheckedChild, Process>[],
): KernelEffect<CheckedChild, Process>[] {
  const stops = effects
    .filter((effect) => effect.kind === 'stop')
    .sort((a, b) => compareCodeUnits(a.handle.name.id, b.handle.name.id));
  return effects.map((effect) => (effect.kind === 'stop' ? (stops.shift() ?? effect) : effect));
}

function inOrder(family: Family, children: readonly View[]): View[] {
  if (!family.isSimple) return [...children].reverse();
  const label = ({ status, handle }: View): string =>
    status === 'restarting' || handle === undefined ? 'restarting' : pidText(handle.name);
  return [...children].sort((a, b) => compareCodeUnits(label(a), label(b)));
}

function entryOf(family: Family, child: View): { id: Term; pid: Term; type: string } {
  const id = family.isSimple ? null : child.spec.id;
  return { id, pid: pidOf(child), type: typeOf(child.spec) };
}

function pidOf({ status, handle }: View): Term {
  if (status === 'restarting') return 'restarting';
  return isUp(status) && handle !== undefined ? pidText(handle.name) : null;
}

function isUp(status: View['status']): boolean {
  return status === 'running' || status === 'stopping';
}

function typeOf(spec: CheckedChild): string {
  return spec.plan.sup === undefined ? 'worker' : 'supervisor';
}
