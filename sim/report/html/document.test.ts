import { expect, it } from 'vitest';
import { embeddedJson } from './document.js';

it('embedded data can end neither its element nor a line', () => {
  const value = { text: '</script><!-- \u2028 \u2029 & "' };
  const text = embeddedJson(value);
  expect(text).not.toMatch(/[<\u2028\u2029]/);
  expect(JSON.parse(text)).toEqual(value);
});
