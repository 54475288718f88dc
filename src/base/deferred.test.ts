import { describe, expect, it } from 'vitest';
import { deferred } from './deferred.js';

describe('deferred', () => {
  it('resolves with the value it is given', async () => {
    const answer = deferred<number>();
    answer.resolve(7);
    await expect(answer.promise).resolves.toBe(7);
  });

  it('follows a promise it is resolved with', async () => {
    const answer = deferred<number>();
    answer.resolve(Promise.resolve(7));
    await expect(answer.promise).resolves.toBe(7);
  });

  it('rejects with the very reason it is given', async () => {
    const answer = deferred<number>();
    const reason = new Error('no');
    answer.reject(reason);
    await expect(answer.promise).rejects.toBe(reason);
  });

  it('keeps its first outcome', async () => {
    const answer = deferred<number>();
    answer.resolve(1);
    answer.resolve(2);
    answer.reject(new Error('late'));
    await expect(answer.promise).resolves.toBe(1);
  });
});
