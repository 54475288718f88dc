import { expect, test } from 'vitest';
import { makeKernel, withDecisions, type Effect, type MakeKernel } from './laws/kernel-factory.js';
import { restForOneOrderLaw } from './laws/rest-for-one-order.js';
import { violationOf } from './laws/violation.js';

test('rest_for_one stops the suffix in reverse, then starts it in order, one after another', () => {
  restForOneOrderLaw(makeKernel);
});

test('the law catches a restart that leaves the suffix running', () => {
  const narrow = withDecisions({ reachOf: () => 'broken' });
  expect(violationOf(() => restForOneOrderLaw(narrow))).toContain('on are down');
});

test('the law catches a restart that stops the prefix', () => {
  const wide = withDecisions({ reachOf: () => 'all' });
  expect(violationOf(() => restForOneOrderLaw(wide))).toContain(
    'stops on account of one before it',
  );
});

test('the law catches a start that does not wait for the one before', () => {
  const hasty: MakeKernel = (options) => {
    const kernel = makeKernel(options);
    return {
      handle(event, nowMs) {
        const effects: Effect[] = [];
        const events = [event];
        for (let next = events.shift(); next !== undefined; next = events.shift()) {
          for (const effect of kernel.handle(next, nowMs)) {
            effects.push(effect);
            if (effect.kind !== 'start') continue;
            const { id, attempt } = effect;
            events.push({ kind: 'started', id, attempt, handle: `${id}#${attempt}` });
          }
        }
        return effects;
      },
    };
  };
  expect(violationOf(() => restForOneOrderLaw(hasty))).toContain('are up');
});
