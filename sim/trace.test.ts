import { expect, it } from 'vitest';
import { Trace } from './trace.js';

const point = { atUs: 5, node: 1, incarnation: 1 };

function hashOf(record: (trace: Trace) => void): string {
  const trace = new Trace({ keep: 2 });
  record(trace);
  return trace.digest();
}

it('a trace hash changes with one byte of one frame, its time, its node and its link', () => {
  const big = new Uint8Array(200_000);
  const hashes = [
    hashOf((trace) => trace.link(point, 'frame', 3, big)),
    hashOf((trace) => trace.link(point, 'frame', 3, big.with(199_999, 1))),
    hashOf((trace) => trace.link({ ...point, atUs: 6 }, 'frame', 3, big)),
    hashOf((trace) => trace.link({ ...point, node: 2 }, 'frame', 3, big)),
    hashOf((trace) => trace.link({ ...point, incarnation: 2 }, 'frame', 3, big)),
    hashOf((trace) => trace.link(point, 'send', 3, big)),
    hashOf((trace) => trace.link(point, 'frame', 5, big)),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hashOf((trace) => trace.link(point, 'frame', 3, new Uint8Array(200_000)))).toBe(hashes[0]);
});

it('a trace keeps its last entries, and hashes plain data whatever the order of its keys', () => {
  const trace = new Trace({ keep: 2 });
  for (const n of [1, 2, 3]) trace.detail(point, 'observation', { kind: 'counted', n });
  expect(trace.entries.map(({ event }) => event)).toEqual([1, 2]);
  const forth = hashOf((to) => to.detail(point, 'operation', { a: 1n, b: [undefined, NaN] }));
  const back = hashOf((to) => to.detail(point, 'operation', { b: [undefined, NaN], a: 1n }));
  expect(back).toBe(forth);
});
