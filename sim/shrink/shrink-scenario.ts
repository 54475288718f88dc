import type { Scenario } from '../scenarios/scenario.js';
import { ddmin } from './ddmin.js';
import { type ShrinkControl, Shrinking, type Shrunk } from './shrinking.js';
import { shrinkPlan } from './shrink.js';
import {
  cutAt,
  endingAt,
  isFinal,
  lastMs,
  withChildren,
  withoutNode,
  withPlan,
} from './smaller-scenario.js';

export interface ScenarioShrinkOptions extends ShrinkControl {
  /** Keeps the final check and the end where they are: what failed is about the end. */
  readonly keepsEnd?: boolean;
}

/**
 * Looks for the smallest scenario that `fails`: a smaller plan first, then fewer nodes and
 * children, then an earlier end, and all of it again until nothing helps any more.
 */
export function shrinkScenario(
  scenario: Scenario,
  fails: (candidate: Scenario) => Promise<boolean>,
  options: ScenarioShrinkOptions = {},
): Promise<Shrunk<Scenario>> {
  const { keepsEnd = false } = options;
  return Shrinking.from(scenario, fails, options, async (shrinking) => {
    const plans = {
      plan: () => shrinking.best.plan,
      accepts: (plan: Scenario['plan']) => shrinking.accepts(withPlan(shrinking.best, plan)),
      untilMinimal: (pass: () => Promise<void>) => shrinking.untilMinimal(pass),
    };
    await shrinking.untilMinimal(async () => {
      await shrinkPlan(plans, keepsEnd ? { isKept: isFinal } : {});
      await fewerNodes(shrinking);
      await fewerChildren(shrinking);
      if (!keepsEnd) await earlierEnd(shrinking);
    });
  });
}

async function fewerNodes(shrinking: Shrinking<Scenario>): Promise<void> {
  // The first one runs the supervisor.
  for (let at = shrinking.best.settings.nodeIds.length - 1; at > 0; at--) {
    await shrinking.accepts(withoutNode(shrinking.best, at));
  }
}

async function fewerChildren(shrinking: Shrinking<Scenario>): Promise<void> {
  const ids = shrinking.best.settings.supervisor.children.map(({ id }) => id);
  const fails = (some: readonly string[]): Promise<boolean> => {
    if (some.length === 0) return Promise.resolve(false);
    return shrinking.accepts(withChildren(shrinking.best, some));
  };
  // Each candidate is made of the best one, whose children are those of the candidate before it.
  await ddmin(ids, fails);
}

async function earlierEnd(shrinking: Shrinking<Scenario>): Promise<void> {
  if (!shrinking.best.plan.operations.some(isFinal)) return earlyCut(shrinking);
  const { finalMs, settledMs = finalMs } = shrinking.best.times;
  // What was said first is said as long before the end as ever.
  const least = Math.ceil((lastMs(shrinking.best) + finalMs - settledMs) / STEP_MS) * STEP_MS;
  let failing = finalMs;
  let passing = least;
  if (least >= failing) return;
  if (await shrinking.accepts(endingAt(shrinking.best, least + STEP_MS))) return;
  while (failing - passing > STEP_MS) {
    const middle = Math.round((failing + passing) / 2 / STEP_MS) * STEP_MS;
    if (middle <= passing || middle >= failing) return;
    if (await shrinking.accepts(endingAt(shrinking.best, middle))) failing = middle;
    else passing = middle;
  }
}

async function earlyCut(shrinking: Shrinking<Scenario>): Promise<void> {
  const { best } = shrinking;
  const from = Math.ceil(lastMs(best) / STEP_MS) * STEP_MS;
  for (let moreMs = STEP_MS; from + moreMs < best.times.durationMs; moreMs *= 2) {
    if (await shrinking.accepts(cutAt(best, from + moreMs))) return;
  }
}

const STEP_MS = 500;
