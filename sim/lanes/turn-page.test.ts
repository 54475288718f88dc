import { describe, expect, it } from 'vitest';
import type { Turn, TurnResult } from '../turn.js';
import { TurnPage } from './turn-page.js';

/** The two ends of one page, each in a thread of its own. */
function ends(): [TurnPage, TurnPage] {
  const page = new TurnPage();
  return [page, new TurnPage(page.shared)];
}

const quiet: TurnResult = { outputs: [], observations: [], deadlineUs: undefined, fired: [] };
const frame = (size: number, link = 7) => ({ link, bytes: new Uint8Array(size).fill(size) });

describe('a page between two threads', () => {
  it.each<Turn>([
    { nowUs: 2 ** 52, input: { kind: 'wake' } },
    { nowUs: 0, input: { kind: 'frame', ...frame(0) }, acks: [7, 216, 9, 16] },
    { nowUs: 5, input: { kind: 'frame', ...frame(40_000) } },
    { nowUs: 6, input: { kind: 'opened', link: 3 } },
    { nowUs: 7, input: { kind: 'drained', link: 4 }, acks: [4, 100_000] },
    { nowUs: 8, input: { kind: 'operation', operation: { kind: 'call', child: 'größer', op: 3 } } },
    { nowUs: 9, input: { kind: 'operation', operation: 'spin' } },
  ])('brings a turn across as it was: $input.kind', (turn) => {
    const [scheduler, node] = ends();
    expect(scheduler.writeTurn(turn)).toBe(true);
    expect(node.readTurn()).toEqual(turn);
  });

  it.each<TurnResult>([
    quiet,
    { ...quiet, deadlineUs: 0, fired: [1, 2 ** 40] },
    {
      ...quiet,
      outputs: [3, 0, 500].map((size) => ({ kind: 'send', ...frame(size, size + 1) })),
      observations: [
        { kind: 'asked', child: 'zähler', op: 0.5, isLate: false },
        { kind: 'call', to: { id: 'p3', nodeId: 'node2' }, also: [null, [1]] },
        { kind: '\ud800 alone', ['__proto__']: 1 },
      ],
    },
  ])('brings a result across as it was', (result) => {
    const [scheduler, node] = ends();
    expect(node.writeResult(result)).toBe(true);
    expect(scheduler.readResult()).toEqual(result);
  });

  it('gives frames memory of their own', () => {
    const [scheduler, node] = ends();
    scheduler.writeTurn({ nowUs: 1, input: { kind: 'frame', ...frame(3) } });
    const first = node.readTurn()?.input;
    scheduler.writeTurn({ nowUs: 2, input: { kind: 'frame', ...frame(9) } });
    expect(first).toEqual({ kind: 'frame', ...frame(3) });
  });

  it.each<[string, Turn['input']]>([
    ['a start', { kind: 'boot' }],
    ['an operation with a map', { kind: 'operation', operation: new Map([[1, 2]]) }],
    ['a list with holes', { kind: 'operation', operation: new Array(3) }],
    ['what JSON has no word for', { kind: 'operation', operation: { a: undefined } }],
    ['a negative zero', { kind: 'operation', operation: { a: -0 } }],
    ['a frame that is too large', { kind: 'frame', ...frame(70_000) }],
  ])('leaves %s to a message', (_what, input) => {
    const [scheduler, node] = ends();
    expect(scheduler.writeTurn({ nowUs: 1, input: { kind: 'wake' } })).toBe(true);
    expect(scheduler.writeTurn({ nowUs: 1, input })).toBe(false);
    expect(node.readTurn()).toBeUndefined();
  });

  it.each<[string, Partial<TurnResult>]>([
    ['a failure', { failure: { name: 'Error', message: 'on purpose' } }],
    ['a dial', { outputs: [{ kind: 'dial', link: 0, address: 'there:1' }] }],
    ['too many frames', { outputs: Array(600).fill({ kind: 'send', ...frame(1) }) }],
    ['too many bytes', { outputs: Array(20).fill({ kind: 'send', ...frame(4000) }) }],
    ['an observation with bytes', { observations: [{ kind: 'state', of: new Uint8Array(3) }] }],
    ['long texts', { observations: [{ kind: 'log', message: 'x'.repeat(60_000) }] }],
  ])('leaves %s to a message', (_what, part) => {
    const [scheduler, node] = ends();
    expect(node.writeResult({ ...quiet, ...part })).toBe(false);
    expect(scheduler.readResult()).toBeUndefined();
  });
});
