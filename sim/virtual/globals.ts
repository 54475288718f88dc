import { createRequire } from 'node:module';
import { currentRealm, type Realm } from './current.js';
import { forbidden } from './forbidden.js';
import { INTRINSIC_NAMES, memberSetter } from './intrinsics.js';

/**
 * Makes the global object of this thread show each node its own world: what its code, evaluated
 * text included, finds by a bare name. What a node writes there stays with that node.
 *
 * Names that the language does not have, that are not listed here and that are not known to be
 * harmless are gone, so that a newer Node.js opens no hole.
 */
export function virtualiseGlobals(): void {
  for (const name of OUTSIDE) virtualise(name, forbidden(name));
  for (const name of PER_NODE) virtualise(name, undefined);
  for (const name of Object.getOwnPropertyNames(THREAD)) {
    const isKnown = OUTSIDE.includes(name) || PER_NODE.includes(name) || isPure(name);
    if (!isKnown) Reflect.deleteProperty(THREAD, name);
  }
  for (const name of Object.getOwnPropertyNames(THREAD)) settle(name);
  Object.preventExtensions(THREAD);
}

/** What a node has for its global object: it reads like the thread's, and writes are its own. */
export function globalObject(): Record<string, unknown> {
  if (base === undefined) base = makeBase();
  return Object.create(base) as Record<string, unknown>;
}

// Made by the first node of a thread, for all of them.
let base: object | undefined;

function makeBase(): object {
  const made = {};
  for (const name of Object.getOwnPropertyNames(THREAD)) {
    if (name === 'globalThis' || name === 'global') continue;
    Object.defineProperty(made, name, {
      get: () => (THREAD as unknown as Readonly<Record<string, unknown>>)[name],
      set: memberSetter(made, name),
      enumerable: false,
      configurable: false,
    });
  }
  Object.defineProperty(made, Symbol.toStringTag, { value: 'global' });
  return Object.preventExtensions(made);
}

function virtualise(name: string, shared: unknown): void {
  const native = Object.getOwnPropertyDescriptor(THREAD, name);
  if (native === undefined && shared === undefined) return;
  const nativeOf = (): unknown => {
    return native?.get === undefined ? native?.value : Reflect.apply(native.get, THREAD, []);
  };
  Object.defineProperty(THREAD, name, {
    get: () => {
      const realm = currentRealm();
      return realm === undefined ? nativeOf() : ownOf(realm, name, shared);
    },
    set: (value: unknown) => {
      const realm = currentRealm();
      if (realm !== undefined) realm.global[name] = value;
    },
    enumerable: false,
    configurable: false,
  });
}

function ownOf({ global, globals }: Realm, name: string, shared: unknown): unknown {
  if (Object.hasOwn(global, name)) return global[name];
  return globals[name] ?? shared;
}

function settle(name: string): void {
  const descriptor = Object.getOwnPropertyDescriptor(THREAD, name);
  if (descriptor?.configurable !== true) return;
  // Streams take long to load, and few programs use them.
  const found = STREAMS.test(name)
    ? { get: () => (native('node:stream/web') as Readonly<Record<string, unknown>>)[name] }
    : { value: (THREAD as unknown as Readonly<Record<string, unknown>>)[name] };
  Object.defineProperty(THREAD, name, {
    ...found,
    ...('value' in found ? { writable: false } : {}),
    configurable: false,
  });
}

function isPure(name: string): boolean {
  return INTRINSIC_NAMES.includes(name) || PURE.test(name) || STREAMS.test(name);
}

// In a node the bare name means the node's own.
const THREAD = globalThis;
const native = createRequire('/');
const PER_NODE = [
  ...['setTimeout', 'setInterval', 'setImmediate'],
  ...['clearTimeout', 'clearInterval', 'clearImmediate'],
  ...['console', 'crypto', 'performance', 'process', 'global', 'globalThis'],
];
/** What reaches out of a node, or tells of the machine. */
export const OUTSIDE: readonly string[] = [
  ...['BroadcastChannel', 'EventSource', 'MessageChannel', 'MessagePort', 'WebSocket', 'Worker'],
  ...['FormData', 'Headers', 'Request', 'Response', 'fetch'],
  ...['Blob', 'File', 'CompressionStream', 'DecompressionStream'],
  ...['FinalizationRegistry', 'WeakRef'],
  ...['Performance', 'PerformanceEntry', 'PerformanceMark', 'PerformanceMeasure'],
  ...['PerformanceObserver', 'PerformanceObserverEntryList', 'PerformanceResourceTiming'],
  ...['Crypto', 'CryptoKey', 'SubtleCrypto'],
];
const PURE = new RegExp(
  [
    '^(?:Infinity|NaN|undefined|eval|isFinite|isNaN|parseFloat|parseInt|escape|unescape)$',
    '^(?:decodeURI|decodeURIComponent|encodeURI|encodeURIComponent)$',
    '^(?:atob|btoa|queueMicrotask|structuredClone|CustomEvent|MessageEvent)$',
    '^(?:DisposableStack|AsyncDisposableStack|SuppressedError)$',
  ].join('|'),
);
const STREAMS = new RegExp(
  [
    String.raw`^(?:Readable|Writable|Transform)\w*(?:Stream|Controller|Reader|Writer|Request)$`,
    '^(?:ByteLength|Count)QueuingStrategy$|^Text(?:De|En)coderStream$',
  ].join('|'),
);
