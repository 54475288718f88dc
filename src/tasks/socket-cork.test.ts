import { createServer } from 'node:http';
import { type AddressInfo, Socket } from 'node:net';
import { Server } from 'socket.io';
import { io } from 'socket.io-client';
import { afterEach, expect, it, vi } from 'vitest';
import { CorkedWebSocket } from './socket-cork.js';

const opened: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

/** Where a server is that tells what it heard, when it heard `total` things. */
async function listener(total: number): Promise<{ url: string; heard: Promise<unknown[]> }> {
  const server = createServer();
  const hub = new Server(server);
  opened.push(() => hub.close());
  const heard = new Promise<unknown[]>((resolve) => {
    const words: unknown[] = [];
    hub.on('connection', (socket) => {
      socket.on('word', (word: unknown) => {
        if (words.push(word) === total) resolve(words);
      });
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, heard };
}

it('what is said at once leaves in order, in few writes', async () => {
  const words = Array.from({ length: 500 }, (_, n) => (n % 100 === 7 ? Buffer.from([n]) : `w${n}`));
  const { url, heard } = await listener(words.length);
  const client = io(url, { transports: [CorkedWebSocket] });
  opened.push(() => client.disconnect());
  await new Promise<void>((resolve) => client.once('connect', resolve));
  // What Node hands to the system, for one chunk and for several.
  const wire = Socket.prototype as unknown as Record<'_write' | '_writev', () => void>;
  const writes = [vi.spyOn(wire, '_write'), vi.spyOn(wire, '_writev')];
  opened.push(() => vi.restoreAllMocks());
  for (const word of words) client.emit('word', word);
  expect(await heard).toEqual(words);
  // The first one goes at once, all that waited for it after it.
  const count = writes.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  expect(count).toBeLessThan(10);
});
