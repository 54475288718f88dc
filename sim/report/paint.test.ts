import { expect, it } from 'vitest';
import { paintFor } from './paint.js';

it.each([
  [{ isTTY: true }, {}, true],
  [{ isTTY: false }, {}, false],
  [{ isTTY: true }, { NO_COLOR: '1' }, false],
  [{ isTTY: true }, { NO_COLOR: '' }, true],
  [{ isTTY: true }, { TERM: 'dumb' }, false],
  [{}, { FORCE_COLOR: '1' }, true],
  [{}, { FORCE_COLOR: '1', NO_COLOR: '1' }, false],
])('a stream %j with %j has colours: %s', (stream, env, isColoured) => {
  expect(paintFor(stream, env).isColorSupported).toBe(isColoured);
  expect(paintFor(stream, env).red('x') !== 'x').toBe(isColoured);
});
