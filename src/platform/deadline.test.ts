import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DeadlineLink, Deadlines, type Expiring } from './deadline.js';
import type { Timer, Timers } from './platform.js';
import { runVirtual, sleep } from './run-virtual.js';
import type { VirtualPlatform } from './virtual-platform.js';

/** Writes down when it expired. */
class Patience implements Expiring {
  deadline: DeadlineLink | undefined;
  constructor(
    readonly name: string,
    private readonly onExpire: (name: string) => void,
  ) {}

  expire(): void {
    this.onExpire(this.name);
  }
}

function inWorld(
  body: (world: {
    platform: VirtualPlatform;
    deadlines: Deadlines;
    expired: [string, number][];
    patience(name: string, durationMs: number): Patience;
  }) => Promise<void>,
) {
  return () =>
    runVirtual(async (platform) => {
      const deadlines = new Deadlines(platform);
      const expired: [string, number][] = [];
      const patience = (name: string, durationMs: number): Patience => {
        const tell = (own: string): void => void expired.push([own, platform.clock.nowMs()]);
        const owner = new Patience(name, tell);
        deadlines.set(owner, durationMs);
        return owner;
      };
      await body({ platform, deadlines, expired, patience });
    });
}

describe('Deadlines', () => {
  it(
    'expire exactly when their time is over, whatever their durations',
    inWorld(async ({ platform, deadlines, expired, patience }) => {
      patience('long', 100);
      patience('short', 30);
      await sleep(platform, 50);
      patience('late', 100);
      expect(deadlines.size).toBe(2);
      await sleep(platform, 200);
      expect(expired).toEqual([
        ['short', 30],
        ['long', 100],
        ['late', 150],
      ]);
      expect(deadlines.size).toBe(0);
    }),
  );

  it(
    'expire in the order they were set in when they are due together',
    inWorld(async ({ platform, expired, patience }) => {
      for (const name of ['a', 'b', 'c']) patience(name, 10);
      await sleep(platform, 10);
      expect(expired.map(([name]) => name)).toEqual(['a', 'b', 'c']);
    }),
  );

  it(
    'never expire once cleared, wherever they stand in line',
    inWorld(async ({ platform, deadlines, expired, patience }) => {
      const all = ['first', 'middle', 'kept', 'last'].map((name) => patience(name, 10));
      for (const owner of all) if (owner.name !== 'kept') deadlines.clear(owner);
      deadlines.clear(all[0]!);
      expect(deadlines.size).toBe(1);
      await sleep(platform, 20);
      expect(expired).toEqual([['kept', 10]]);
    }),
  );

  it(
    'never expire when they are infinite',
    inWorld(async ({ platform, deadlines, patience }) => {
      expect(patience('patient', Infinity).deadline).toBeUndefined();
      expect(deadlines.size).toBe(0);
      expect(platform.nextDeadlineMs).toBeUndefined();
    }),
  );

  it(
    'may be set again from within an expiry',
    inWorld(async ({ platform, deadlines, expired }) => {
      const owner: Expiring = {
        deadline: undefined,
        expire: () => {
          expired.push(['again', platform.clock.nowMs()]);
          if (expired.length < 3) deadlines.set(owner, 10);
        },
      };
      deadlines.set(owner, 10);
      await sleep(platform, 100);
      expect(expired.map(([, atMs]) => atMs)).toEqual([10, 20, 30]);
    }),
  );

  it('keep their time through any history of settings and clearings', async () => {
    const step = fc.record({
      act: fc.constantFrom('set', 'clear', 'sleep'),
      ms: fc.constantFrom(0, 1, 5, 5, 7),
      index: fc.nat({ max: 50 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), (steps) =>
        inWorld(async ({ platform, deadlines, expired, patience }) => {
          const owners: Patience[] = [];
          const dueMs = new Map<string, number>();
          for (const { act, ms, index } of steps) {
            if (act === 'set') {
              const name = `${owners.length}`;
              owners.push(patience(name, ms));
              dueMs.set(name, platform.clock.nowMs() + ms);
            } else if (act === 'sleep') {
              await sleep(platform, ms);
            } else {
              const owner = owners[index];
              if (owner?.deadline !== undefined) dueMs.delete(owner.name);
              if (owner !== undefined) deadlines.clear(owner);
            }
          }
          await sleep(platform, 20);
          expect(new Map(expired)).toEqual(dueMs);
          expect(expired).toHaveLength(dueMs.size);
        })(),
      ),
      { numRuns: 50 },
    );
  });

  it('do not expire before their time on a clock that runs on while the queue waits', () => {
    const { world, turns, timers } = handWound();
    const deadlines = new Deadlines(world);
    const expired: number[] = [];
    const owner = new Patience('slow', () => expired.push(world.nowMs));
    deadlines.set(owner, 100);
    world.nowMs = 40;
    for (const turn of turns.splice(0)) turn.takeTurn();
    timers.fireAt(100);
    expect(expired).toEqual([]);
    timers.fireAt(140);
    expect(expired).toEqual([140]);
  });

  it('read no clock for what was cleared before the next turn', () => {
    const { world, turns } = handWound();
    const deadlines = new Deadlines(world);
    const owner = new Patience('brief', () => undefined);
    for (let round = 0; round < 100; round++) {
      deadlines.set(owner, 100);
      deadlines.clear(owner);
    }
    expect(turns).toHaveLength(1);
    for (const turn of turns.splice(0)) turn.takeTurn();
    expect(world.readings).toBe(0);
  });

  it('hold the process alive only while one is outstanding', () => {
    const { world, timers } = handWound();
    const deadlines = new Deadlines(world);
    const [first, second] = ['first', 'second'].map((name) => new Patience(name, () => undefined));
    deadlines.set(first!, 100);
    deadlines.set(second!, 100);
    deadlines.clear(first!);
    expect(timers.held).toBe(true);
    deadlines.clear(second!);
    expect(timers.held).toBe(false);
    deadlines.set(first!, 100);
    expect(timers.held).toBe(true);
    expect(timers.count).toBe(1);
  });
});

/** A world whose clock, queue and one timer are moved by hand. */
function handWound() {
  const turns: { takeTurn(): void }[] = [];
  let fire: (() => void) | undefined;
  const timers = {
    count: 0,
    held: false,
    after: ((_delayMs, whenDue, options) => {
      timers.count += 1;
      timers.held = options?.keepAlive === true;
      fire = whenDue;
      const timer: Timer = {
        cancel: () => true,
        keepAlive: (hold) => {
          timers.held = hold;
        },
      };
      return timer;
    }) satisfies Timers['after'],
    fireAt: (nowMs: number) => {
      world.nowMs = nowMs;
      fire?.();
    },
  };
  const world = {
    nowMs: 0,
    readings: 0,
    clock: { nowMs: () => (world.readings++, world.nowMs), wallMs: () => 0 },
    timers,
    runQueue: { push: (turn: { takeTurn(): void }) => void turns.push(turn) },
  };
  return { world, turns, timers };
}
