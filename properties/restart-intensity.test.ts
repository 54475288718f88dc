import { expect, test } from 'vitest';
import { makeKernel, withDecisions, type MakeKernel } from './laws/kernel-factory.js';
import { restartIntensityLaw } from './laws/restart-intensity.js';
import { violationOf } from './laws/violation.js';

test('no window ever holds more restarts than the limit', () => {
  restartIntensityLaw(makeKernel);
});

test('the law catches a window that forgets the restarts at its edge', () => {
  const forgetful = withDecisions({
    recordRestart(history, limit, nowMs) {
      for (;;) {
        const oldestMs = history.peek();
        if (oldestMs === undefined || nowMs - oldestMs < limit.withinMs) break;
        history.shift();
      }
      if (history.length >= limit.maxRestarts) return 'giveUp';
      history.push(nowMs);
      return 'allowed';
    },
  });
  expect(violationOf(() => restartIntensityLaw(forgetful))).toContain('gives up when due');
});

test('the law catches a budget that is one short', () => {
  const stingy = withDecisions({
    recordRestart(history, limit, nowMs) {
      history.push(nowMs);
      return history.length >= limit.maxRestarts ? 'giveUp' : 'allowed';
    },
  });
  expect(violationOf(() => restartIntensityLaw(stingy))).toContain('gives up only when due');
});

test('the law catches a cause that is charged once for every child it took', () => {
  const chargesEach: MakeKernel = (options) => {
    const kernel = makeKernel(options);
    return {
      handle(event, nowMs) {
        if (event.kind !== 'lost') return kernel.handle(event, nowMs);
        return event.children.flatMap((child) =>
          kernel.handle({ kind: 'exited', ...child, reason: event.reason }, nowMs),
        );
      },
    };
  };
  expect(violationOf(() => restartIntensityLaw(chargesEach))).toContain('gives up only when due');
});
