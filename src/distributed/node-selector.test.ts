import { expect, it } from 'vitest';
import { NODE_SELECTORS, checkSelector, selectorText } from './node-selector.js';

it('takes the four words, a node and a function', () => {
  for (const word of NODE_SELECTORS) expect(checkSelector('s', word)).toBe(word);
  expect(checkSelector('s', { node: 'a@h:1' })).toEqual({ node: 'a@h:1' });
  const choose = (): never => {
    throw new Error('never asked');
  };
  expect(checkSelector('s', choose)).toBe(choose);
});

it.each([undefined, null, 5, 'nearest', {}, { node: 5 }, { node: 'no node' }, []])(
  'refuses %j and says what would do',
  (value) => {
    expect(() => checkSelector('nodeSelector', value)).toThrow(
      'Expected nodeSelector to be one of local_first, round_robin, least_loaded, random',
    );
  },
);

it('is a short text in errors', () => {
  expect(selectorText('random')).toBe('random');
  expect(selectorText(checkSelector('s', { node: 'a@h:1' }))).toBe('{ node: a@h:1 }');
  expect(selectorText(function mine() {} as never)).toBe('function mine');
});
