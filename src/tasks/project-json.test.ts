import { describe, expect, it } from 'vitest';
import { jsonObject } from './project-json.js';

describe('a package.json or tsconfig.json', () => {
  it('is read with its comments, and what looks like one in a text stays', () => {
    const text = `\uFEFF{ // as ever
      "paths": { "@/*": ["./src/*"], /* "old": 1, */ },
      "url": "https://a.test//b,]", "quote": "\\"// ,}",
    }`;
    expect(jsonObject(text)).toEqual({
      paths: { '@/*': ['./src/*'] },
      url: 'https://a.test//b,]',
      quote: '"// ,}',
    });
  });

  it.each(['[]', '7', 'null', '{', '', '{ "a": }'])('is no object with %j', (text) => {
    expect(jsonObject(text)).toBeUndefined();
  });
});
