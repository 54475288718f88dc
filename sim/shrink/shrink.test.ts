import { describe, expect, it } from 'vitest';
import type { Fault, Operation, Plan } from '../plan.js';
import { shrink } from './shrink.js';

const crash = (node: number, atMs: number): Fault => ({ kind: 'crash', node, atMs });
const split: Fault = {
  kind: 'partition',
  groups: [
    [0, 1, 2],
    [3, 4],
  ],
  atMs: 2345,
  forMs: 8000,
};
const operation = (op: number): Operation => ({
  node: 0,
  atMs: op,
  operation: { kind: 'call', op },
});
const final: Operation = { node: 0, atMs: 9000, operation: { kind: 'final' } };
const plan: Plan = {
  faults: [
    crash(1, 100),
    split,
    crash(2, 4000),
    { kind: 'crash', node: 3, atMs: 5000, restartAfterMs: 70 },
  ],
  operations: [...Array.from({ length: 500 }, (_, op) => operation(op)), final],
  heal: { atMs: 20_000, core: [0, 1] },
};
const has = (candidate: Plan, kind: Fault['kind']): boolean =>
  candidate.faults.some((fault) => fault.kind === kind);
const isFinal = ({ operation: what }: Operation): boolean =>
  (what as { kind: string }).kind === 'final';

describe('a plan that fails', () => {
  it('shrinks to the fault that it takes, and that one gets simple', async () => {
    const { best, end } = await shrink(plan, (candidate) =>
      Promise.resolve(has(candidate, 'partition')),
    );
    expect(end).toBe('minimal');
    expect(best.operations).toEqual([]);
    expect(best.heal).toBeUndefined();
    expect(best.faults).toHaveLength(1);
    expect(best.faults[0]).toMatchObject({ groups: [[2], [4]], atMs: 2000, forMs: 1 });
  });

  it('keeps a fault and an operation that only fail together', async () => {
    const { best } = await shrink(plan, ({ faults, operations }) => {
      const isHit = faults.some((fault) => fault.kind === 'crash' && fault.node === 2);
      return Promise.resolve(isHit && operations.some(({ atMs }) => atMs === 321));
    });
    expect(best.faults).toEqual([crash(2, 4000)]);
    expect(best.operations).toEqual([operation(321)]);
  });

  it('keeps the operations that it is told to, in their order', async () => {
    const { best } = await shrink(plan, () => Promise.resolve(true), { isKept: isFinal });
    expect(best).toEqual({ faults: [], operations: [final] });
  });

  it('gives up extras of a fault that do not matter, and shortens no span that does', async () => {
    const { best } = await shrink(plan, ({ faults }) => {
      const long = faults.some((fault) => fault.kind === 'partition' && fault.forMs >= 5000);
      return Promise.resolve(long && faults.some((fault) => 'node' in fault && fault.node === 3));
    });
    expect(best.faults).toEqual([
      { ...split, groups: [[2], [4]], atMs: 2000, forMs: 6000 },
      crash(3, 5000),
    ]);
  });

  it('gives the same result and tries whenever it is shrunk', async () => {
    const fails = (candidate: Plan): Promise<boolean> =>
      Promise.resolve(candidate.faults.length >= 2);
    expect(await shrink(plan, fails)).toEqual(await shrink(plan, fails));
  });

  it('is as small as it got when the search is interrupted or has no more tries', async () => {
    const interruption = new AbortController();
    let tries = 0;
    const aborted = await shrink(
      plan,
      ({ faults }) => {
        tries += 1;
        if (tries === 4) interruption.abort();
        return Promise.resolve(faults.length > 0);
      },
      { signal: interruption.signal },
    );
    expect(aborted).toMatchObject({ end: 'aborted', tries: 4 });
    expect(aborted.best.operations).toEqual([]);
    const few = await shrink(plan, () => Promise.resolve(false), { triesMax: 10 });
    expect(few).toEqual({ best: plan, tries: 10, end: 'tries' });
  });
});
