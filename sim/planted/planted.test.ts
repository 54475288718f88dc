import { describe, expect, it } from 'vitest';
import { checkerFactories } from '../checkers/all.js';
import { type SimReport, simulate } from '../simulate.js';
import { type PlantedBug, plantedBugs } from './all.js';
import { staged } from './stage.js';

const checkers = Object.keys(checkerFactories);
const caught = Object.entries<PlantedBug>(plantedBugs).filter(([, bug]) => bug.catches);

function run({ shows, alias }: Omit<PlantedBug, 'catches'>): Promise<SimReport> {
  const options = staged(shows);
  const program = { ...options.program, alias };
  return simulate({ ...options, program, checkers, lane: 'inproc', seed: 11 });
}

describe('a planted bug', () => {
  it.each(caught)('%s is caught by its checker, and nothing is without it', async (_, bug) => {
    const planted = await run(bug);
    expect(planted.violation).toMatchObject({ checker: bug.catches });
    const sound = await run({ ...bug, alias: {} });
    expect(sound.violation).toBeUndefined();
    expect(sound.failures).toEqual([]);
    const tested = sound.checked.find(({ id }) => id === bug.catches);
    expect(tested?.checks).toBeGreaterThan(0);
  });

  it('stands by for every checker', () => {
    expect(new Set(caught.map(([, bug]) => bug.catches))).toEqual(new Set(checkers));
  });
});
