import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareCodeUnits } from '../base/compare.js';
import { MemoryStore } from './memory-store.js';

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);

describe('MemoryStore', () => {
  it('gives back what was put last', () => {
    const store = new MemoryStore();
    store.put('a', bytes(1));
    store.put('a', bytes(2));
    expect(store.get('a')).toEqual(bytes(2));
    expect(store.get('b')).toBeUndefined();
  });

  it('shares no memory with whoever puts or gets', () => {
    const store = new MemoryStore();
    const given = bytes(1);
    store.put('a', given);
    given[0] = 9;
    store.get('a')![0] = 8;
    for (const [, value] of store.scan('')) value[0] = 7;
    expect(store.get('a')).toEqual(bytes(1));
  });

  it('scans the keys that start with the prefix, in order of their code units', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 3 })),
        fc.string({ maxLength: 1 }),
        (keys, prefix) => {
          const store = new MemoryStore();
          for (const key of keys) store.put(key, bytes(key.length));
          const expected = [...new Set(keys)].filter((key) => key.startsWith(prefix));
          const scanned = Array.from(store.scan(prefix), ([key]) => key);
          expect(scanned).toEqual(expected.sort(compareCodeUnits));
        },
      ),
    );
  });

  it('loses at a crash what was not synced', async () => {
    const store = new MemoryStore();
    store.put('synced', bytes(1));
    store.put('changed', bytes(1));
    await store.sync();
    store.put('changed', bytes(2));
    store.put('new', bytes(2));
    const next = new MemoryStore(store.survivors());
    expect([...next.scan('')]).toEqual([
      ['changed', bytes(1)],
      ['synced', bytes(1)],
    ]);
  });

  it('leaves alone what a crash left behind, until it is synced', async () => {
    const survivors = new Map([['a', bytes(1)]]);
    const store = new MemoryStore(survivors);
    store.put('a', bytes(2));
    expect(store.survivors().get('a')).toEqual(bytes(1));
    await store.sync();
    expect(store.survivors().get('a')).toEqual(bytes(2));
    expect(survivors.get('a')).toEqual(bytes(1));
  });
});
