import { describe, expect, it } from 'vitest';
import type { Fault } from '../plan.js';
import { killScenario } from '../scenarios/kill.js';
import { FORMAT, parseReplayFile, replayFileName, replayFileText } from './replay-file.js';
import type { ReplayFile } from './replay-file.js';

const scenario = killScenario(
  { nodes: 3, kill: 1, strategy: 'one_for_one', selector: 'random' },
  7,
);
const every: Fault[] = [
  { kind: 'crash', node: 1, atMs: 1, afterOutputs: 2, restartAfterMs: 3 },
  { kind: 'restart', node: 1, after: { event: 'sent', what: 'spawn', nth: 2, plusMs: 1 } },
  { kind: 'leave', node: 1, atMs: 1 },
  { kind: 'pause', node: 1, atMs: 1, forMs: 2, resume: 'frames' },
  { kind: 'partition', groups: [[0], [1, 2]], atMs: 1, forMs: 2 },
  { kind: 'one-way', from: [0], to: [1], atMs: 1, forMs: 2 },
  { kind: 'cut', pairs: [[0, 1]], atMs: 1, forMs: 2 },
  { kind: 'frame-loss', frames: ['heartbeat'], probability: 0.5, atMs: 1, forMs: 2 },
  { kind: 'latency', delay: { kind: 'uniform', minMs: 1, maxMs: 2 }, atMs: 1, forMs: 2 },
  { kind: 'clog', from: 0, to: 1, atMs: 1, forMs: 2 },
  { kind: 'flap', between: [0, 1], upMs: 1, downMs: 2, atMs: 1, forMs: 2 },
  { kind: 'clock', node: 1, jumpMs: -5, atMs: 1 },
  { kind: 'slow', node: 1, turnMs: 5, atMs: 1, forMs: 2 },
  { kind: 'datagram', drop: 0.1, atMs: 1, forMs: 2 },
];
const file: ReplayFile = {
  format: FORMAT,
  broken: 'S3',
  message: 'S3 promises',
  plant: 'casts-swapped',
  scenario: { ...scenario, plan: { ...scenario.plan, faults: every } },
};

/** The file with something else at a place in it, or with nothing there. */
function changed(place: string, value: unknown): string {
  const copy = JSON.parse(replayFileText(file)) as Record<string, unknown>;
  const steps = place.split('.');
  const last = steps.pop() as string;
  let at = copy;
  for (const step of steps) at = at[step] as Record<string, unknown>;
  at[last] = value;
  return JSON.stringify(copy);
}

describe('a replay file', () => {
  it('holds every kind of fault, and is read as it was written', () => {
    expect(parseReplayFile(replayFileText(file), 'a.json')).toEqual(file);
  });

  it('is named after the run, not after who found it', () => {
    expect(replayFileName(file)).toMatch(/^[0-9a-f]{12}\.json$/);
    expect(replayFileName({ ...file, found: 'x' })).toBe(replayFileName(file));
    expect(replayFileName({ ...file, broken: 'S6' })).not.toBe(replayFileName(file));
  });

  it.each([
    ['format', 2, 'format: expected 1, got 2'],
    ['broken', undefined, 'broken: expected a text, got nothing'],
    ['scenario', undefined, 'scenario: expected an object, got nothing'],
    ['scenario.seed', 1.5, 'scenario.seed: expected a whole number, got 1.5'],
    [
      'scenario.plan.faults.0.node',
      7,
      'scenario.plan.faults[0].node: expected a number from 0 to 2, got 7',
    ],
    [
      'scenario.plan.faults.3.forMs',
      'long',
      'scenario.plan.faults[3].forMs: expected a number from 0 on, got "long"',
    ],
    ['scenario.plan.faults.4.groups', 5, 'scenario.plan.faults[4].groups: expected a list, got 5'],
    [
      'scenario.plan.faults.1.after.event',
      'x',
      'faults[1].after.event: expected one of "sent", "delivered", "observed", got "x"',
    ],
    [
      'scenario.plan.operations',
      undefined,
      'scenario.plan.operations: expected a list, got nothing',
    ],
  ])('is refused for another %s: %j', (place, value, problem) => {
    const parse = () => parseReplayFile(changed(place, value), 'a.json');
    expect(parse).toThrow('a.json is no replay file: ');
    expect(parse).toThrow(problem);
  });

  it('is refused when it is something else, or of an unknown planted bug', () => {
    expect(() => parseReplayFile('{', 'a.json')).toThrow('a.json is no replay file: it holds no');
    expect(() => parseReplayFile('[]', 'a.json')).toThrow('the file: expected an object, got []');
    const unknown = changed('plant', 'daisies');
    expect(() => parseReplayFile(unknown, 'a.json')).toThrow(/plant: expected one of .*daisies/);
    const kind = changed('scenario.plan.faults.0.kind', 'crsh');
    expect(() => parseReplayFile(kind, 'a.json')).toThrow(
      /scenario\.plan\.faults\[0\]\.kind: expected one of "crash".*got "crsh"/,
    );
  });
});
