import { expect, it } from 'vitest';
import { verdictOf } from '../report/verdict.js';
import { simOptionsOf } from '../search/subject.js';
import { simulate } from '../simulate.js';
import { drawScenario } from './draw.js';

const base = { nodes: 5, kill: 0, strategy: 'one_for_one', selector: 'round_robin' } as const;

it('a slow node fills the buffers of its links, and what has no room is refused', async () => {
  let drained = 0;
  const refusals: unknown[] = [];
  for (const seed of [1, 2, 3]) {
    const scenario = drawScenario({ ...base, scenario: 'slow-node' }, seed);
    const run = { ...simOptionsOf({ scenario }), keepEntries: Infinity, lane: 'inproc' } as const;
    const report = await simulate(run);
    expect(verdictOf(report, scenario).word).toBe('PASS');
    drained += report.entries.filter(({ kind }) => kind === 'drained').length;
    refusals.push(
      ...report.observed.flatMap(({ observation: { kind, code } }) => {
        return kind === 'uncast' || kind === 'unanswered' ? [code] : [];
      }),
    );
  }
  expect(drained).toBeGreaterThan(0);
  // Every call that found room was answered, and no node was given up for being slow.
  expect(refusals.length).toBeGreaterThan(0);
  expect(new Set(refusals)).toEqual(new Set(['ERR_LINK_FULL']));
});
