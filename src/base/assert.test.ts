import { describe, expect, it } from 'vitest';
import { InvariantViolation, invariant, unreachable } from './assert.js';

describe('invariant', () => {
  it('says which claim does not hold', () => {
    expect(() => invariant(false, 'a link closes once')).toThrow(
      new InvariantViolation('broken invariant: a link closes once'),
    );
    expect(() => invariant(1, 'fine')).not.toThrow();
  });
});

describe('unreachable', () => {
  it.each([[{ kind: 'new' }], ['new'], [7n], [undefined]])('names the case of %o', (value) => {
    expect(() => unreachable(value as never)).toThrow(InvariantViolation);
  });
});
