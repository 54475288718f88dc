import type { ChildRef, ChildSpec, SupervisorRef } from '../../src/otp/child-spec.js';
import { SUPERVISORS, type SupervisorOptions } from '../../src/otp/supervisor/supervisor.js';
import {
  InvalidSimpleOneForOneConfigError,
  MissingChildTemplateError,
} from '../../src/otp/supervisor/supervisor-error.js';
import { sleep } from '../../src/platform/run-virtual.js';
import type { Actor } from './actor.js';
import { startWorker } from './actor-worker.js';
import { errorTerm } from './error-term.js';
import { initOutcome, type ScenarioChild, type SupervisorSpec } from './scenario.js';
import type { Stage } from './stage.js';
import { termError } from './term.js';
import { START_RAISED } from './worker.js';

/** A spec that remembers which child of the scenario it starts. */
export interface PlannedSpec extends ChildSpec {
  readonly plan: ScenarioChild;
}

/** Starts a real supervisor with the children of its scenario. */
export async function startSupervisor(
  stage: Stage,
  actor: Actor,
): Promise<SupervisorRef | undefined> {
  const { plan, name } = actor;
  const spec = plan.sup ?? { children: [] };
  const delayMs = plan.init_delay_ms?.[name.inc] ?? 0;
  if (delayMs > 0) await sleep(stage.platform, delayMs);
  const outcome = initOutcome(plan.init, name.inc);
  if (outcome.kind === 'raise') throw termError(START_RAISED);
  if (outcome.kind === 'fail') {
    stage.event(actor, 'init_fail');
    throw termError(['bad_return', ['oracle', 'init', outcome.reason]]);
  }
  if (outcome.kind === 'ignore' || spec.init === 'ignore') {
    stage.event(actor, 'init_ignore');
    return undefined;
  }
  stage.event(actor, 'sup_init');
  actor.hasLived = true;
  try {
    const supervisors = stage.runtime.use(SUPERVISORS);
    return await stage.enter(actor, () => supervisors.start(optionsOf(stage, name.id, spec)));
  } catch (error) {
    const term = refusesTemplate(error)
      ? ['bad_start_spec', spec.children.map(({ id }) => ({ child: id }))]
      : errorTerm(error);
    // Refused before there was a process whose end could be seen.
    if (actor.ref === undefined) stage.event(actor, 'exit', term);
    throw termError(term);
  }
}

function refusesTemplate(error: unknown): boolean {
  return (
    error instanceof MissingChildTemplateError || error instanceof InvalidSimpleOneForOneConfigError
  );
}

/** The child's spec for `Supervisor`; what is wrong in the scenario stays wrong. */
export function specOf(stage: Stage, path: string, plan: ScenarioChild): PlannedSpec {
  const { id, restart, significant } = plan;
  const { shutdown: shutdownTimeout = plan.sup === undefined ? 5000 : 'infinity' } = plan;
  const start = (): Promise<ChildRef | undefined> => startChild(stage, path, plan);
  return { id, start, restart, significant, shutdownTimeout, plan } as unknown as PlannedSpec;
}

function optionsOf(stage: Stage, path: string, spec: SupervisorSpec): SupervisorOptions {
  const { strategy, intensity = 1, period_ms = 5000, auto_shutdown } = spec;
  const restartIntensity = { maxRestarts: intensity, withinMs: period_ms };
  const flags = { strategy, restartIntensity, autoShutdown: auto_shutdown, strict: true };
  if (strategy !== 'simple_one_for_one') {
    const children = spec.children.map((plan) => specOf(stage, path, plan));
    return { ...flags, children } as unknown as SupervisorOptions;
  }
  const [plan, ...others] = spec.children;
  const children = others.map((other) => specOf(stage, path, other));
  const childTemplate = plan === undefined ? undefined : templateOf(stage, path, plan);
  return { ...flags, children, childTemplate } as unknown as SupervisorOptions;
}

function templateOf(stage: Stage, path: string, plan: ScenarioChild) {
  const start = (id: string, overrides: Partial<ScenarioChild> = {}) =>
    startChild(stage, path, { ...plan, ...overrides, id });
  return { ...specOf(stage, path, plan), start };
}

function startChild(
  stage: Stage,
  parent: string,
  plan: ScenarioChild,
): Promise<ChildRef | undefined> {
  const path = parent === 'root' ? plan.id : `${parent}/${plan.id}`;
  const actor = stage.cast(path, plan, parent);
  const start = plan.sup === undefined ? startWorker : startSupervisor;
  return stage.starting(() => start(stage, actor));
}
