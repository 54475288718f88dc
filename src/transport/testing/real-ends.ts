import { createNodePlatform } from '../../platform/node-platform.js';
import type { Log, LogFields, Platform } from '../../platform/platform.js';
import type { Address, CloseReason, Link, Transport } from '../../platform/transport.js';

/** The real world, with what was logged for tests to look at. */
export interface LoggedPlatform {
  readonly platform: Platform;
  readonly lines: { readonly message: string; readonly fields: LogFields }[];
}

export function loggedPlatform(): LoggedPlatform {
  const lines: LoggedPlatform['lines'] = [];
  const note = (message: string, fields: LogFields = {}): void =>
    void lines.push({ message, fields });
  const log: Log = { debug: () => undefined, info: () => undefined, warn: note, error: note };
  return { platform: createNodePlatform({ log }), lines };
}

/** A transport that listens and sends every frame back. */
export async function echoing(transport: Transport): Promise<Address> {
  return transport.listen((link) => ({
    onFrame: (frame) => void link.send(frame.slice()),
    onClose: () => undefined,
  }));
}

/** Resolves to `heard` when a frame sent to `address` came back, else to why the link ended. */
export function ask(transport: Transport, address: Address): Promise<CloseReason | 'heard'> {
  return new Promise((resolve) => {
    const link: Link = transport.dial(address, {
      onOpen: () => void link.send(Uint8Array.of(1, 2, 3)),
      onFrame: () => {
        resolve('heard');
        link.close();
      },
      onClose: resolve,
    });
  });
}

/** Resolves once it holds; the test's own timeout is the limit. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await pause(2);
}

/** Lets the event loop turn for so long. */
export function pause(delayMs: number): Promise<void> {
  return new Promise((resolve) => void timers.after(delayMs, resolve, { keepAlive: true }));
}

const { timers } = createNodePlatform();
