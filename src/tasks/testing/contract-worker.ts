import { io, type Socket } from 'socket.io-client';

/** A worker that speaks the bare contract and nothing else, one message at a time. */
export interface ContractWorker {
  readonly socket: Socket;
  /** The next message of this event that was not taken yet. */
  next<Message = unknown>(event: string): Promise<Message>;
  /** The next message of any of these events. */
  nextOf(...events: readonly string[]): Promise<Heard>;
  /** Messages of this event that nobody has taken. */
  waiting(event: string): readonly unknown[];
  send(event: string, message?: unknown): void;
  /** Sends and waits for the acknowledgement. */
  ask<Answer = unknown>(event: string, message?: unknown): Promise<Answer>;
  close(): void;
}

export interface Heard {
  readonly event: string;
  readonly message: unknown;
}

export async function contractWorker(
  port: number,
  auth: Readonly<Record<string, unknown>> = {},
): Promise<ContractWorker> {
  const socket = io(`http://127.0.0.1:${port}`, { forceNew: true, auth, reconnectionDelay: 50 });
  const inbox: Heard[] = [];
  const takers: Taker[] = [];
  socket.onAny((event: string, message: unknown) => {
    const at = takers.findIndex(({ events }) => events.includes(event));
    if (at < 0) inbox.push({ event, message });
    else takers.splice(at, 1)[0]?.take({ event, message });
  });
  const nextOf = (...events: readonly string[]): Promise<Heard> => {
    const at = inbox.findIndex(({ event }) => events.includes(event));
    if (at >= 0) return Promise.resolve(inbox.splice(at, 1)[0] as Heard);
    return new Promise((take) => takers.push({ events, take }));
  };
  try {
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
  } catch (error) {
    socket.close();
    throw error;
  }
  return {
    socket,
    nextOf,
    next: async <Message>(event: string) => (await nextOf(event)).message as Message,
    waiting: (wanted) => inbox.filter(({ event }) => event === wanted),
    send: (event, message) => void socket.emit(event, ...(message === undefined ? [] : [message])),
    ask: (event, message) => socket.emitWithAck(event, message) as Promise<never>,
    close: () => socket.close(),
  };
}

interface Taker {
  readonly events: readonly string[];
  take(heard: Heard): void;
}
