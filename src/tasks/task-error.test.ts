import { expect, it } from 'vitest';
import { Codec } from '../cluster/codec.js';
import { here } from '../runtime/default-runtime.js';
import { ERROR_CLASSES } from '../runtime/error-classes.js';
import { QueueFullError, StoreInUseError } from './task-error.js';
import { openDesk } from './testing/open-desk.js';

it('what a desk rejects with keeps its class on the way between nodes that have one', async () => {
  const { close } = await openDesk();
  await close();
  const codec = new Codec({ errorClasses: here().use(ERROR_CLASSES) });
  const full = codec.decode(codec.encode(new QueueFullError(7)));
  expect(full).toBeInstanceOf(QueueFullError);
  expect(full).toMatchObject({ code: 'ERR_TASK_QUEUE_FULL', pendingMax: 7 });
  const inUse = codec.decode(codec.encode(new StoreInUseError('./tasks', 42)));
  expect(inUse).toBeInstanceOf(StoreInUseError);
  expect(inUse).toMatchObject({ path: './tasks', pid: 42 });
});
