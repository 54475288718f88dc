import { expect, it } from 'vitest';
import { ReconnectPause } from './reconnect-pause.js';

const bounds = { minMs: 100, maxMs: 500, steadyMs: 1000 };

it('the pause doubles while connections end soon, up to its limit', () => {
  const pause = new ReconnectPause(bounds);
  expect([0, 10, 999, 0, 0].map((lastedMs) => pause.afterMs(lastedMs))).toEqual([
    ...[100, 200, 400, 500, 500],
  ]);
});

it('a connection that lasted begins again with the shortest pause', () => {
  const pause = new ReconnectPause(bounds);
  expect([0, 0, 1000, 0].map((lastedMs) => pause.afterMs(lastedMs))).toEqual([100, 200, 100, 200]);
});
