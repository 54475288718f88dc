import { stat } from 'node:fs/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { Ledger } from './ledger.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** A life of a task of its own type; gives what it held, as long as anything else does. */
function liveOnce(ledger: Ledger, n: number): WeakRef<object> {
  const data = { n };
  ledger.add({ taskType: `type ${n}`, data }, {}, 0);
  const record = ledger.assign({ workerId: 'w', taskTypes: ['*'] }, 0);
  const taskId = record?.task.taskId ?? '';
  ledger.complete({ taskId, attempt: 1, workerId: 'w' }, n, 0);
  ledger.takeChanges();
  return new WeakRef(data);
}

it('keeps no finished task for its type, when all types differ and workers take any', async () => {
  const ledger = new Ledger({ finishedMax: 0 });
  const tasks = Array.from({ length: 1000 }, (_, n) => liveOnce(ledger, n));
  // What a weak reference was made of stays until the turn is over.
  await stat('.');
  collect();
  const kept = tasks.filter((task) => task.deref() !== undefined).length;
  expect(kept).toBeLessThan(200);
});
