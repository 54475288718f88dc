import { describe, expect, it } from 'vitest';
import { compareCodeUnits } from './compare.js';

describe('compareCodeUnits', () => {
  it('orders by code unit and by nothing else', () => {
    const words = ['b', 'ä', 'a', 'B', 'a1', '', 'z', '\u{1f600}', '\uffff'];
    const ordered = ['', 'B', 'a', 'a1', 'b', 'z', 'ä', '\u{1f600}', '\uffff'];
    expect(words.toSorted(compareCodeUnits)).toEqual(ordered);
    expect(compareCodeUnits('a', 'a')).toBe(0);
  });
});
