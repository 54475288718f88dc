import { describe, expect, test } from 'vitest';
import type { ExitReason } from '../../runtime/exit-reason.js';
import type { ChildPolicy, RestartType } from './child-policy.js';
import { isFailure, stoppedCleanly, verdictOnExit } from './restart-type.js';

const boom: ExitReason = { error: new Error('boom') };
const onPurpose: ExitReason[] = ['normal', 'shutdown', { shutdown: 'x' }];
const abnormal: ExitReason[] = [boom, 'killed', 'noproc', 'noconnection'];
const rules = { autoShutdown: 'never', strict: true } as const;

function child(restart: RestartType, more: Partial<ChildPolicy> = {}): ChildPolicy {
  return { id: 'a', restart, shutdown: 5000, significant: false, ...more };
}

describe('after an end of its own', () => {
  test('a permanent child comes back whatever the reason', () => {
    for (const reason of [...onPurpose, ...abnormal]) {
      expect(verdictOnExit(child('permanent'), reason, rules)).toBe('restart');
    }
  });

  test('a transient child that ended on purpose stays down, and comes back otherwise', () => {
    for (const reason of onPurpose) {
      expect(verdictOnExit(child('transient'), reason, rules)).toBe('keep');
    }
    for (const reason of abnormal) {
      expect(verdictOnExit(child('transient'), reason, rules)).toBe('restart');
    }
  });

  test('a temporary child is forgotten', () => {
    for (const reason of [...onPurpose, ...abnormal]) {
      expect(verdictOnExit(child('temporary'), reason, rules)).toBe('remove');
    }
  });

  test('a significant permanent child that ended on purpose stays down unless strict', () => {
    const significant = child('permanent', { significant: true });
    const lenient = { autoShutdown: 'any_significant', strict: false } as const;
    expect(verdictOnExit(significant, 'normal', lenient)).toBe('keep');
    expect(verdictOnExit(significant, boom, lenient)).toBe('restart');
    expect(verdictOnExit(significant, 'normal', { ...lenient, strict: true })).toBe('restart');
    expect(verdictOnExit(significant, 'normal', { ...lenient, autoShutdown: 'never' })).toBe(
      'restart',
    );
  });
});

test('any end of a permanent child is a failure, of others only an abnormal one', () => {
  expect(isFailure(child('permanent'), 'normal')).toBe(true);
  expect(isFailure(child('transient'), 'normal')).toBe(false);
  expect(isFailure(child('temporary'), boom)).toBe(true);
});

describe('asked to stop, a child ended cleanly', () => {
  test('with shutdown, or killed where brutal_kill was asked for', () => {
    expect(stoppedCleanly(child('permanent'), 'shutdown')).toBe(true);
    expect(stoppedCleanly(child('permanent'), 'killed')).toBe(false);
    expect(stoppedCleanly(child('permanent', { shutdown: 'brutal_kill' }), 'killed')).toBe(true);
  });

  test('with normal, unless it is permanent', () => {
    expect(stoppedCleanly(child('transient'), 'normal')).toBe(true);
    expect(stoppedCleanly(child('permanent'), 'normal')).toBe(false);
  });
});
