import { describe, expect, it } from 'vitest';
import { clipped, columns, wrapped } from './columns.js';

describe('a table', () => {
  it('gives each column the width of its widest cell, whatever its colours', () => {
    const rows = [
      ['\u001b[1mnode\u001b[22m', { right: 'n' }],
      ['b', { right: '100' }],
    ];
    expect(columns(rows)).toEqual(['  \u001b[1mnode\u001b[22m    n', '  b     100']);
  });
});

describe('a long text', () => {
  it('is broken between words, and a word that does not fit keeps a line', () => {
    expect(wrapped('one two threefour', 7)).toEqual(['one two', 'threefour']);
  });

  it('is clipped after a clause, or else after a word', () => {
    expect(clipped('short', 10)).toBe('short');
    expect(clipped('one cause, one charge, and more', 24)).toBe('one cause, one charge');
    expect(clipped('no comma in this sentence', 15)).toBe('no comma in...');
  });
});
