import { hostname } from 'node:os';
import type { Service } from 'bonjour-service';
import { deferred } from '../base/deferred.js';
import { FaultlineError } from '../base/errors.js';
import { InvalidOptionError } from '../otp/option.js';
import type { Timers } from '../platform/platform.js';
import {
  type BonjourPlace,
  closeResponder,
  openResponder,
} from '../cluster/discovery-responder.js';
import { formatAddress, isLoopback, isOwnAddress } from '../transport/tcp-address.js';

/** Nobody answered. */
export class NoCoordinatorError extends FaultlineError {
  static readonly code = 'ERR_NO_COORDINATOR';
  override readonly name = 'NoCoordinatorError';
  readonly code = NoCoordinatorError.code;

  constructor(
    readonly serviceType: string,
    readonly timeoutMs: number,
    options?: ErrorOptions,
  ) {
    super(
      `No coordinator of the type ${serviceType} was found within ${timeoutMs} ms; ` +
        'start one with enableBonjour, or give { masterUrl }',
      options,
    );
  }
}

export interface Announcement {
  readonly serviceType: string;
  readonly host: string;
  readonly port: number;
  readonly place?: BonjourPlace;
}

/**
 * Announces a coordinator as `<hostname>-master`. One that listens at 127.0.0.1 says so, and is
 * found by workers of its own machine only. `failed` is told when the network takes no multicast.
 */
export function announceCoordinator(
  { serviceType, host, port, place = {} }: Announcement,
  failed: (error: Error) => void,
): { close(): Promise<void> } {
  checkServiceType(serviceType);
  const responder = openResponder(place, failed);
  responder.bonjour.publish({
    name: `${hostname()}-master`,
    type: serviceType,
    port,
    txt: { host },
    // Two coordinators of one machine are told apart by their ports.
    probe: false,
  });
  return { close: () => closeResponder(responder) };
}

export interface Search {
  readonly serviceType: string;
  readonly timeoutMs: number;
  readonly timers: Timers;
  readonly place?: BonjourPlace;
  /** Ends it early. */
  readonly signal?: AbortSignal;
}

/** The URL of the first coordinator that answers. Rejects with NoCoordinatorError without one. */
export async function findCoordinator(search: Search): Promise<string> {
  const { serviceType, timeoutMs, timers, place = {}, signal } = search;
  checkServiceType(serviceType);
  const found = deferred<string>();
  const { bonjour } = openResponder(place, (cause) => {
    found.reject(new NoCoordinatorError(serviceType, timeoutMs, { cause }));
  });
  const browser = bonjour.find({ type: serviceType }, (service) => {
    const url = urlOf(service);
    if (url !== undefined) found.resolve(url);
  });
  const giveUp = (): void => found.reject(new NoCoordinatorError(serviceType, timeoutMs));
  const deadline = timers.after(timeoutMs, giveUp, { keepAlive: true });
  signal?.addEventListener('abort', giveUp, { once: true });
  const asking = askAgain(timers, () => browser.update());
  try {
    return await found.promise;
  } finally {
    deadline.cancel();
    asking.stop();
    signal?.removeEventListener('abort', giveUp);
    browser.stop();
    bonjour.destroy();
  }
}

/** Throws InvalidOptionError for what cannot be a type of service. */
export function checkServiceType(serviceType: unknown): asserts serviceType is string {
  if (typeof serviceType === 'string' && /^[A-Za-z\d](?:[\w-]{0,13}[A-Za-z\d])?$/.test(serviceType))
    return;
  const rule = 'letters, digits and hyphens, at most 15';
  throw new InvalidOptionError('serviceType', rule, serviceType);
}

// A coordinator may begin after the worker did.
function askAgain(timers: Timers, ask: () => void): { stop(): void } {
  let timer = timers.after(ASK_AGAIN_MS, again);
  function again(): void {
    ask();
    timer = timers.after(ASK_AGAIN_MS, again);
  }
  return { stop: () => void timer.cancel() };
}

/** A service without a word about its host is one of another kind of coordinator. */
function urlOf({ txt, referer, addresses = [], port }: Service): string | undefined {
  const { host } = (txt ?? {}) as { readonly host?: unknown };
  const isHere = isOwnAddress(referer?.address);
  if (typeof host === 'string' && isLoopback(host)) {
    return isHere ? `http://${host}:${port}` : undefined;
  }
  if (isHere) return `http://127.0.0.1:${port}`;
  const address = referer?.address ?? addresses.find((each) => !each.includes(':'));
  if (address === undefined) return undefined;
  return `http://${formatAddress({ host: address, port })}`;
}

const ASK_AGAIN_MS = 1000;
