import { describe, expect, it } from 'vitest';
import { ddmin } from './ddmin.js';

const numbers = (count: number): number[] => Array.from({ length: count }, (_, at) => at);

async function minimal(items: readonly number[], needed: readonly number[]) {
  let tries = 0;
  const left = await ddmin(items, (some) => {
    tries += 1;
    return Promise.resolve(needed.every((item) => some.includes(item)));
  });
  return { left, tries };
}

describe('delta debugging', () => {
  it('needs one try when nothing matters', async () => {
    expect(await minimal(numbers(3000), [])).toEqual({ left: [], tries: 1 });
    expect(await minimal([], [])).toEqual({ left: [], tries: 0 });
  });

  it.each([[[7]], [[0, 2999]], [[1, 2]], [[5, 1000, 2000]]])(
    'leaves exactly %j of three thousand, after few tries',
    async (needed) => {
      const { left, tries } = await minimal(numbers(3000), needed);
      expect(left).toEqual(needed);
      expect(tries).toBeLessThan(200);
    },
  );

  it('keeps what only matters together with its neighbour', async () => {
    const left = await ddmin(numbers(40), (some) => {
      return Promise.resolve(some.some((item, at) => some[at + 1] === item + 1));
    });
    expect(left).toHaveLength(2);
  });

  it('finds a list from which nothing can be left out, where it is not the smallest', async () => {
    // Fails with 3, and with three others or more.
    const fails = (some: readonly number[]): Promise<boolean> =>
      Promise.resolve(some.includes(3) || some.length >= 3);
    const left = await ddmin(numbers(9), fails);
    for (const at of left.keys()) {
      expect(await fails(left.filter((_, n) => n !== at))).toBe(false);
    }
  });
});
