import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ChildPolicy, RestartType } from './child-policy.js';
import type { ChildStatus, Fate } from './child.js';
import { rememberedState, type RememberedState } from './kernel-memory.js';
import type { Strategy } from './strategy.js';
import { Stage, spec } from './testing/stage.js';

type Story = (stage: Stage) => void;

/** The children `a`, `b` and `c` as they are when another supervisor goes on with them. */
function asleep(strategy: Strategy, story: Story, ...children: (string | ChildPolicy)[]): Stage {
  const stage = Stage.up({ strategy }, ...(children.length > 0 ? children : ['a', 'b', 'c']));
  story(stage);
  return Stage.resumed({ strategy }, stage.memory());
}

describe('What is remembered of a child', () => {
  const states: [ChildStatus, Fate | undefined, RememberedState][] = [
    ['stopped', undefined, 'stopped'],
    ['pending', undefined, 'coming'],
    ['starting', undefined, 'coming'],
    ['running', undefined, 'running'],
    ['running', 'restart', 'running'],
    ['stopping', 'stop', 'running'],
    ['stopping', 'remove', 'running'],
    ['stopping', 'restart', 'coming'],
    ['restarting', undefined, 'coming'],
    ['waiting', undefined, 'coming'],
  ];

  test('is whether it runs, is wanted, or is at rest', () => {
    for (const [status, fate, state] of states) {
      expect(rememberedState({ status, fate })).toBe(state);
    }
  });
});

describe('A supervisor that goes on from memory', () => {
  test('knows what ran, what was on its way and what was at rest', () => {
    const stage = asleep(
      'one_for_one',
      (before) => {
        before.exited('b', 'normal');
        before.exited('c');
        before.failed('c');
      },
      'a',
      spec('b', 'transient'),
      'c',
    );
    expect(stage.statuses()).toBe('a running,b stopped,c waiting');
    expect(stage.kernel.phase).toBe('running');
  });

  test('starts what was on its way, counts it as a restart, and numbers it anew', () => {
    const stage = asleep('one_for_one', (before) => before.exited('b'));
    const started = { kind: 'start', id: 'b', attempt: 5, spec: spec('b'), previous: 'b#2' };
    expect(stage.effects({ kind: 'takeUp' })).toEqual([started]);
    stage.started('b');
    expect(stage.kernel.child('b')).toMatchObject({ restartCount: 1, handle: 'b#5' });
    expect(stage.kernel.attempts).toBe(5);
  });

  test('answers what it is asked before it took anything up', () => {
    const stage = asleep('one_for_one', () => {});
    expect(stage.send({ kind: 'terminateChild', token: 1, id: 'a' })).toEqual(['stop a']);
    expect(stage.stopped('a')).toEqual(['reply 1 ok']);
  });

  test('takes nothing up where all runs', () => {
    for (const strategy of ['one_for_one', 'one_for_all', 'rest_for_one'] as const) {
      const stage = asleep(strategy, () => {});
      expect(stage.send({ kind: 'takeUp' })).toEqual([]);
      expect(stage.statuses()).toBe('a running,b running,c running');
    }
  });

  test('starts what waits for a node as soon as one comes, side by side', () => {
    const stage = asleep('one_for_one', (before) => before.lost('a', 'c'));
    expect(stage.send({ kind: 'available' })).toEqual(['start a', 'start c']);
  });

  test('starts what waits in a group one after another, and stops nothing for it', () => {
    const stage = asleep('rest_for_one', (before) => before.lost('b', 'c'));
    expect(stage.send({ kind: 'available' })).toEqual(['start b']);
    expect(stage.started('b')).toEqual(['start c']);
  });

  test('goes on with a group in order, and first stops what its former owner had not', () => {
    const stage = asleep('rest_for_one', (before) => before.exited('a'));
    expect(stage.statuses()).toBe('a waiting,b running,c waiting');
    expect(stage.send({ kind: 'takeUp' })).toEqual(['stop b']);
    expect(stage.stopped('b')).toEqual(['start a']);
    expect(stage.started('a')).toEqual(['start b']);
  });

  test('tries a first start again that fails after all', () => {
    const stage = asleep('rest_for_one', (before) => {
      before.send({ kind: 'startChild', token: 1, spec: spec('d') });
    });
    expect(stage.send({ kind: 'takeUp' })).toEqual(['start d']);
    expect(stage.failed('d')).toEqual(['retry d']);
    expect(stage.send({ kind: 'retry', id: 'd' })).toEqual(['start d']);
    const attempt = stage.attempt('d');
    const started = { kind: 'started', id: 'd', attempt, handle: 'd#x' } as const;
    expect(stage.effects(started)).toEqual([
      { kind: 'childStarted', id: 'd', attempt, handle: 'd#x' },
    ]);
  });

  test('counts the restarts of its former owner by their age, on its own clock', () => {
    const options = { intensity: { maxRestarts: 2, withinMs: 1000 } };
    const former = Stage.up(options, 'a', 'b');
    for (const nowMs of [0, 900]) {
      former.nowMs = nowMs;
      former.exited('a');
      former.started('a');
    }
    former.nowMs = 1000;
    expect(former.kernel.restartAges(1000)).toEqual([1000, 100]);
    expect(former.kernel.restartAges(1001)).toEqual([101]);
    const stage = Stage.resumed(options, { ...former.memory(), restartAgesMs: [900, 100] }, 77_000);
    stage.nowMs += 100;
    expect(stage.exited('a')).toEqual(['stop b']);
    expect(stage.stopped('b')).toEqual(['exit max_restarts']);
  });

  test('has all that was wanted in the end, at no charge, and starts no more than it must', () => {
    const property = fc.property(strategies, families, (strategy, family) => {
      const children = family.map(({ state, restart }, at) => {
        const [id, attempt] = [`c${at}`, at + 1];
        const handle = state === 'coming' ? undefined : `${id}#${attempt}`;
        return { spec: spec(id, restart), state, attempt, handle, restartCount: 0 };
      });
      const memory = { children, attempts: children.length, restartAgesMs: [] };
      const stage = Stage.resumed({ strategy }, memory);
      carryOut(stage, stage.send({ kind: 'takeUp' }));
      const first = family.findIndex(({ state }) => state === 'coming');
      const expected = children.flatMap(({ spec: { id, restart }, state, attempt }, at) => {
        const isInReach = REACH[strategy](at, first);
        if (state !== 'coming' && !isInReach) return [`${id} ${state} ${attempt}`];
        if (state === 'running' && restart === 'temporary') return [];
        return [`${id} running anew`];
      });
      const actual = Array.from(stage.kernel.children(), ({ spec: { id }, status, attempt }) => {
        return `${id} ${status} ${attempt > memory.attempts ? 'anew' : attempt}`;
      });
      expect(actual).toEqual(expected);
      expect(stage.kernel.restartAges(0)).toEqual([]);
    });
    fc.assert(property, { numRuns: 200 });
  });
});

/** Does what it asks for until nothing is left to do. */
function carryOut(stage: Stage, first: readonly string[]): void {
  const left = [...first];
  for (let next = left.shift(); next !== undefined; next = left.shift()) {
    const [what, id = ''] = next.split(' ');
    if (what === 'start') left.push(...stage.started(id));
    if (what === 'stop') left.push(...stage.stopped(id));
  }
}

const strategies = fc.constantFrom('one_for_one', 'one_for_all', 'rest_for_one');
const families = fc.array(
  fc.record({
    state: fc.constantFrom<RememberedState>('running', 'coming', 'stopped'),
    restart: fc.constantFrom<RestartType>('permanent', 'transient', 'temporary'),
  }),
  { maxLength: 5 },
);

/** Whether one more child has to start anew when the first that does is at `first`, or none. */
const REACH = {
  one_for_one: () => false,
  one_for_all: (_at: number, first: number) => first >= 0,
  rest_for_one: (at: number, first: number) => first >= 0 && at >= first,
};
