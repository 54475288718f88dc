import { describe, expect, it } from 'vitest';
import { backoffDelayMs } from './backoff.js';

const options = { baseDelayMs: 1000, maxDelayMs: 30_000 };

describe('the pause before a redial', () => {
  it('doubles up to the maximum and stays there', () => {
    const pausesMs = [0, 1, 2, 3, 4, 5, 6, 1e9].map((n) => backoffDelayMs(options, n, lowest));
    expect(pausesMs).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('is shortened by chance, by half at most', () => {
    const pausesMs = [0, 1, 6].map((n) => backoffDelayMs(options, n, highest));
    expect(pausesMs).toEqual([500, 1000, 15_000]);
  });

  it('copes with a base beyond the maximum and with none at all', () => {
    expect(backoffDelayMs({ baseDelayMs: 50, maxDelayMs: 5 }, 0, lowest)).toBe(5);
    expect(backoffDelayMs({ baseDelayMs: 0, maxDelayMs: 5 }, 3, highest)).toBe(0);
  });
});

const lowest = { below: () => 0 };
const highest = { below: (bound: number) => bound - 1 };
