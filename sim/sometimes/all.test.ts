import { describe, expect, it } from 'vitest';
import {
  asked,
  ended,
  givingUp,
  type Line,
  lost,
  NETWORK,
  nodeId,
  step,
  supervising,
  up,
  world,
} from '../checkers/testing/story.js';
import type { Observed } from '../world-report.js';
import { mergeSometimes, sometimes, sometimesOf } from './all.js';

function seen(id: string, ...lines: readonly Line[]): number | undefined {
  const observed = lines.map(([atMs, node, observation, incarnation = 1], event) => {
    return { event, atUs: atMs * 1000, node, incarnation, observation } as unknown as Observed;
  });
  return sometimesOf(observed).find((row) => row.id === id)?.seen;
}

const family = supervising(0, 'rest_for_one', ['a', 'b', 'c']);
const split = world(200, NETWORK, 'partition', { id: 'p', groups: [[0], [1]] });
const heal = (atMs: number): Line => world(atMs, NETWORK, 'heal', { id: 'p', kind: 'partition' });
const crash = (atMs: number, node: number): Line => world(atMs, node, 'crash', { mode: 'silent' });

describe('a run sometimes shows', () => {
  it('two losses at once', () => {
    expect(seen('losses-at-once', crash(10, 1), crash(12, 2))).toBe(1);
    expect(seen('losses-at-once', crash(10, 1), crash(500, 2))).toBe(0);
  });

  it('a partition during a restart', () => {
    const restart = [...family, ended(100, 'c'), asked(100, 'c', 4)];
    expect(seen('partition-during-restart', ...restart, split)).toBe(1);
    expect(seen('partition-during-restart', ...family, split)).toBe(0);
  });

  it("the loss of the supervisor's node in the middle of a rest_for_one", () => {
    const midway = [...family, ended(100, 'b'), step(100, 'child_stop', 'c')];
    expect(seen('supervisor-lost-midway', ...midway, crash(101, 0))).toBe(1);
    expect(seen('supervisor-lost-midway', ...midway, crash(101, 1))).toBe(0);
    expect(seen('supervisor-lost-midway', ...family, crash(101, 0))).toBe(0);
  });

  it('a heal during a failover', () => {
    const failover = [...family, lost(300, ['c'])];
    expect(seen('heal-during-failover', ...failover, heal(301))).toBe(1);
    expect(seen('heal-during-failover', ...failover, ...up(301, 'c', 4), heal(302))).toBe(0);
  });

  it('an intensity that a child elsewhere exceeds', () => {
    const supervisorId = 'dsup_node1@h:1_1_1';
    const start = (at: string): Line => {
      return [1, 0, { kind: 'child_start', supervisorId, childId: 'a', sequence: 9, nodeId: at }];
    };
    const far = [start('node2@h:1'), givingUp(9, 'a')];
    expect(seen('intensity-exceeded-remotely', ...far)).toBe(1);
    expect(seen('intensity-exceeded-remotely', start('node1@h:1'), givingUp(9, 'a'))).toBe(0);
  });

  it('a name conflict at a heal', () => {
    const names = { name: 'x', winner: 'a', loser: 'b' };
    const conflict = (atMs: number): Line => [atMs, 0, { kind: 'name_conflict', ...names }];
    expect(seen('name-conflict-at-heal', split, heal(900), conflict(1000))).toBe(1);
    expect(seen('name-conflict-at-heal', split, conflict(800), heal(900))).toBe(0);
  });

  it('a DOWN that races a reply', () => {
    const target = { id: 'x', nodeId: nodeId(1) };
    const watch: Line = [1, 0, { kind: 'monitored', monitorId: 'm', watcher: 'w', target }];
    const call: Line = [2, 0, { kind: 'call', callId: 1, to: target }];
    const over: Line = [3, 0, { kind: 'call_ended', callId: 1, outcome: 'reply' }];
    const down = (atMs: number): Line => {
      return [atMs, 0, { kind: 'down', monitorId: 'm', reason: 'normal' }];
    };
    expect(seen('down-racing-reply', watch, call, down(900))).toBe(1);
    expect(seen('down-racing-reply', watch, call, over, down(4))).toBe(1);
    expect(seen('down-racing-reply', watch, call, over, down(900))).toBe(0);
  });

  it('a pause that outlasts the failure timeout', () => {
    const pause = world(1000, 1, 'pause', { id: 'p', forMs: 9000 });
    const resume = (atMs: number): Line => world(atMs, 1, 'resume', { id: 'p' });
    expect(seen('long-pause', pause, resume(5000))).toBe(1);
    expect(seen('long-pause', pause, resume(3000))).toBe(0);
    expect(seen('long-pause', pause, crash(2000, 1), resume(9000))).toBe(0);
  });

  it('a restart under the same id within the failure timeout', () => {
    const restart = (atMs: number): Line => world(atMs, 1, 'restart', {}, 2);
    expect(seen('quick-restart', crash(1000, 1), restart(1500))).toBe(1);
    expect(seen('quick-restart', crash(1000, 1), restart(9000))).toBe(0);
  });

  it('an asymmetric partition', () => {
    const oneWay = world(1, NETWORK, 'one-way', { id: 'o', from: [0], to: [1] });
    expect(seen('asymmetric-partition', oneWay)).toBe(1);
    expect(seen('asymmetric-partition', split)).toBe(0);
  });
});

describe('the table of a sweep', () => {
  it('adds what its runs saw, and shows rows that none of them saw', () => {
    const [first = { id: '', title: '' }, second = first] = sometimes;
    const one = [{ ...first, seen: 2 }];
    const merged = mergeSometimes([one, one]);
    expect(merged).toHaveLength(sometimes.length);
    expect(merged.find(({ id }) => id === first.id)?.seen).toBe(4);
    expect(merged.find(({ id }) => id === second.id)?.seen).toBe(0);
  });
});
