import { expect, it } from 'vitest';
import { NODE_SELECTORS, checkSelector, selectorText } from './node-selector.js';

it('takes the four words, a node, a label, a name and a function', () => {
  for (const word of NODE_SELECTORS) expect(checkSelector('s', word)).toBe(word);
  for (const form of [
    { node: 'a@h:1' },
    { label: 'gpu' },
    { label: 'gpu', prefer: 'random' },
    { selector: 'mine' },
  ]) {
    expect(checkSelector('s', form)).toEqual(form);
  }
  const choose = (): never => {
    throw new Error('never asked');
  };
  expect(checkSelector('s', choose)).toBe(choose);
});

const mixed = [
  { node: 'a@h:1', label: 'gpu' },
  { selector: 'mine', label: 'gpu' },
  { node: 'a@h:1', prefer: 'random' },
];

it.each([
  ...[undefined, null, 5, 'nearest', {}, { node: 5 }, { node: 'no node' }, []],
  ...[{ label: '' }, { label: 5 }, { label: 'gpu', prefer: 'nearest' }, { selector: '' }],
  ...mixed,
])('refuses %j and says what would do', (value) => {
  expect(() => checkSelector('nodeSelector', value)).toThrow(
    'Expected nodeSelector to be one of local_first, round_robin, least_loaded, random',
  );
});

it('is a short text in errors', () => {
  expect(selectorText('random')).toBe('random');
  expect(selectorText(checkSelector('s', { node: 'a@h:1' }))).toBe('{ node: a@h:1 }');
  expect(selectorText({ label: 'gpu' })).toBe('{ label: gpu }');
  expect(selectorText({ label: 'gpu', prefer: 'random' })).toBe('{ label: gpu, prefer: random }');
  expect(selectorText({ selector: 'mine' })).toBe('{ selector: mine }');
  expect(selectorText(function mine() {} as never)).toBe('function mine');
});
