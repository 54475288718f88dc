import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';

export type { Socket };

/** Says what a test has it say, and notes what workers say. */
export interface BareMaster {
  readonly url: string;
  /** What was said under this event so far, the first words of each. */
  heard(event: string): readonly unknown[];
  /** Resolves with all of them when there are `count`. */
  hears<Message = unknown>(event: string, count?: number): Promise<readonly Message[]>;
  /** How many connections there were. */
  connections(): number;
  close(): Promise<void>;
}

/** A master of the bare contract: `welcome` is told of each connection. */
export async function bareMaster(
  welcome: (socket: Socket, count: number) => void,
): Promise<BareMaster> {
  const server = createServer();
  const hub = new Server(server);
  const said: { readonly event: string; readonly message: unknown }[] = [];
  const looks = new Set<() => void>();
  const note = (event: string, message?: unknown): void => {
    said.push({ event, message });
    for (const look of looks) look();
  };
  const heard = (wanted: string): unknown[] => {
    return said.filter(({ event }) => event === wanted).map(({ message }) => message);
  };
  hub.on('connection', (socket) => {
    socket.onAny((event: string, message: unknown) => note(event, message));
    socket.on('disconnect', (reason) => note('disconnect', reason));
    note('connection');
    welcome(socket, heard('connection').length);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    heard,
    hears: (event, count = 1) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (heard(event).length < count) return;
          looks.delete(look);
          resolve(heard(event) as never);
        };
        looks.add(look);
        look();
      }),
    connections: () => heard('connection').length,
    close: () => hub.close(),
  };
}
