import type { Platform } from '../../src/platform/platform.js';
import type { ForbiddenInSimulationError } from './forbidden.js';

/** The world of one life of a node, as far as the thread that it runs in has to know it. */
export interface Realm {
  readonly platform: Platform;
  /** What `performance.now` counts from, on the platform's clock. */
  readonly startMs: number;
  readonly index: number;
  /** The node's own global object: what it writes there stays there. */
  readonly global: Record<string, unknown>;
  /** What this node has in place of the thread's own globals, by name. */
  readonly globals: Readonly<Record<string, unknown>>;
  /** Hears of every forbidden call, also of those whose error the program catches. */
  refused(error: ForbiddenInSimulationError): void;
  /** How this node wants the engine to write its stacks. */
  stackTraces: StackTraces;
}

export interface StackTraces {
  readonly limit: number | undefined;
  readonly prepare: unknown;
}

export const PLAIN_STACKS: StackTraces = { limit: 10, prepare: undefined };

// One node runs at a time in a thread. What the thread shares with all of its nodes asks here whose
// clock and whose chance are meant.
let current: Realm | undefined;

export function currentRealm(): Realm | undefined {
  return current;
}

/** From now on, what runs in this thread runs in `realm`; `undefined` is the simulator itself. */
export function enterRealm(realm: Realm | undefined): void {
  if (current !== undefined) current.stackTraces = stackTraces();
  current = realm;
  const { limit, prepare } = realm?.stackTraces ?? PLAIN_STACKS;
  const errors = Error as StackTraceSettings;
  // Written only when it differs: the engine takes a property that changes for a slow one.
  if (errors.stackTraceLimit !== limit) errors.stackTraceLimit = limit;
  if (errors.prepareStackTrace !== prepare) errors.prepareStackTrace = prepare;
}

function stackTraces(): StackTraces {
  const { stackTraceLimit: limit, prepareStackTrace: prepare } = Error as StackTraceSettings;
  if (limit === PLAIN_STACKS.limit && prepare === PLAIN_STACKS.prepare) return PLAIN_STACKS;
  return { limit, prepare };
}

interface StackTraceSettings {
  stackTraceLimit?: number | undefined;
  prepareStackTrace?: unknown;
}
