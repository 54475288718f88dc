import type { Stage } from '../planted/stage.js';
import type { KillOptions } from './kill.js';
import type { Scenario } from './scenario.js';

/** The options under which a planted bug can show at all. */
export function exposingOptions(options: KillOptions, stage: Stage): KillOptions {
  const { strategy = options.strategy, selector = options.selector } = stage;
  return { ...options, strategy, selector };
}

/** The same scenario with what a planted bug needs besides: its faults, crashes and limits. */
export function exposed(scenario: Scenario, stage: Stage): Scenario {
  const { settings, plan } = scenario;
  const { maxRestarts, withinMs } = settings.supervisor.restartIntensity;
  const restartIntensity = {
    maxRestarts: stage.maxRestarts ?? maxRestarts,
    withinMs: stage.withinMs ?? withinMs,
  };
  const children = settings.supervisor.children.map((child) => {
    return { ...child, ...stage.childSettings?.[child.id] };
  });
  const supervisor = { ...settings.supervisor, restartIntensity, children };
  return {
    ...scenario,
    settings: { ...settings, supervisor },
    plan: {
      ...plan,
      faults: [...(stage.faults ?? []), ...plan.faults],
      operations: [...plan.operations, ...(stage.operations ?? [])],
    },
  };
}
