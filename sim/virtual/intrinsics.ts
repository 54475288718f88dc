/**
 * Makes writes to the objects of the language fail, in every thread that runs nodes: in one lane a
 * change by one node would reach the others, and in the other lane it would not.
 *
 * Objects that inherit from them may still be given members of the same names, as packages do
 * with `toString`, `constructor` and the `name` of errors.
 */
export function sealIntrinsics(): void {
  for (const prototype of OFTEN_SHADOWED) guardMembers(prototype);
  for (const [owner, key] of ALSO_SHADOWED) guardMember(owner, key);
  // An accessor in place of these would take away what the engine does to make them fast.
  for (const owner of intrinsics()) {
    if (owner === Error) Object.preventExtensions(owner);
    else if (!isGuarded(owner)) Object.freeze(owner);
  }
}

/** The same for a module of Node's own and the classes in it. */
export function guardModule(module: unknown): unknown {
  if (typeof module === 'function') guardClass(module);
  if (typeof module !== 'object' || module === null) return module;
  for (const key of Object.keys(module)) {
    const descriptor = Object.getOwnPropertyDescriptor(module, key);
    const member: unknown = descriptor?.value;
    if (typeof member === 'function') guardClass(member);
  }
  return Object.freeze(module);
}

/** A write to something that all nodes of the simulator share. */
export class SharedObjectError extends TypeError {
  override readonly name = 'SharedObjectError';

  constructor(owner: string, key: string) {
    super(
      `${owner}.${key} cannot be changed in a simulated node: nodes share this object, and a ` +
        'change by one would reach the others. Keep what you add in an object of your own',
    );
  }
}

/**
 * What to tell whoever sees the engine's own words for a write to a frozen object; `undefined` for
 * any other error.
 */
export function hintAboutSharing(error: object): string | undefined {
  if (!(error instanceof TypeError) || !FROZEN.test(error.message)) return undefined;
  return 'nodes share the objects of the language, so none of them can be changed in a simulation';
}

/**
 * Turns each member into one that reads as before, that objects further down may have a member of
 * their own in place of, and that throws when it is written where it is.
 */
export function guardMembers(owner: object): void {
  for (const key of Reflect.ownKeys(owner)) guardMember(owner, key);
  Object.preventExtensions(owner);
}

function guardMember(owner: object, key: PropertyKey): void {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key);
  if (descriptor?.configurable !== true || !('value' in descriptor)) return;
  const { value, enumerable } = descriptor as { value: unknown; enumerable: boolean };
  Object.defineProperty(owner, key, {
    get: () => value,
    set: memberSetter(owner, key),
    enumerable,
    configurable: false,
  });
}

/** A setter that gives whoever inherits from `owner` a member of its own. */
export function memberSetter(owner: object, key: PropertyKey): (value: unknown) => void {
  return function set(this: object, value: unknown): void {
    if (this === owner) throw new SharedObjectError(nameOf(owner), String(key));
    const changes = { value, writable: true, enumerable: true, configurable: true };
    Object.defineProperty(this, key, changes);
  };
}

function guardClass(member: object): void {
  const prototype = (member as { prototype?: object }).prototype;
  if (typeof prototype === 'object' && prototype !== Object.prototype) guardMembers(prototype);
  Object.freeze(member);
}

function isGuarded(owner: object): boolean {
  return OFTEN_SHADOWED.includes(owner);
}

function nameOf(owner: object): string {
  const named = (owner as { constructor?: { name?: unknown } }).constructor?.name;
  return typeof named === 'string' && named !== '' ? `${named}.prototype` : 'it';
}

function* intrinsics(): Generator<object> {
  for (const name of INTRINSIC_NAMES) {
    const owner = (globalThis as Readonly<Record<string, unknown>>)[name];
    yield* withPrototype(owner);
  }
  for (const name of ['Intl', 'WebAssembly']) {
    const namespace = (globalThis as unknown as Record<string, object | undefined>)[name] ?? {};
    for (const key of Reflect.ownKeys(namespace)) {
      yield* withPrototype((namespace as Readonly<Record<PropertyKey, unknown>>)[key]);
    }
  }
  for (const hidden of HIDDEN) yield* hidden();
}

function* withPrototype(owner: unknown): Generator<object> {
  if (typeof owner === 'object' && owner !== null) yield owner;
  if (typeof owner !== 'function') return;
  yield owner;
  if (typeof owner.prototype === 'object' && owner.prototype !== null) {
    yield owner.prototype as object;
  }
}

const prototypeOf = (value: unknown): object => Object.getPrototypeOf(value) as object;

/** What no global name leads to. */
const HIDDEN: readonly (() => Iterable<object>)[] = [
  () => withPrototype(prototypeOf(Uint8Array)),
  () => [
    prototypeOf([][Symbol.iterator]()),
    prototypeOf(new Map()[Symbol.iterator]()),
    prototypeOf(new Set()[Symbol.iterator]()),
    prototypeOf(''[Symbol.iterator]()),
    prototypeOf(''.matchAll(/./g)),
    prototypeOf(prototypeOf([][Symbol.iterator]())),
  ],
  () => [...familyOf(function* () {}), ...familyOf(async function* () {})],
  () => withPrototype((async () => undefined).constructor),
];

// The constructor of generator functions, what they inherit from, and what generators do.
function* familyOf(example: object): Generator<object> {
  const functions = prototypeOf(example);
  yield functions.constructor;
  yield functions;
  const generators = (functions as { prototype: object }).prototype;
  yield generators;
  yield prototypeOf(generators);
}

const FROZEN =
  /^Cannot (?:add property|assign to read only property|define property|(?:re)?define|delete)/;
const ERRORS = [
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
];
const OFTEN_SHADOWED: readonly object[] = [
  Object.prototype,
  Date.prototype,
  ...ERRORS.map((name) => {
    return (globalThis as unknown as Record<string, { prototype: object }>)[name]?.prototype;
  }).filter((prototype) => prototype !== undefined),
];
const ALSO_SHADOWED: readonly (readonly [owner: object, key: string])[] = [
  [Function.prototype, 'toString'],
  [Array.prototype, 'toString'],
  [Map.prototype, 'constructor'],
  [Set.prototype, 'constructor'],
  [EventTarget.prototype, 'constructor'],
];
/** What the language has, and what Node.js adds that only computes. */
export const INTRINSIC_NAMES: readonly string[] = [
  ...ERRORS,
  ...['Object', 'Function', 'Array', 'String', 'Number', 'Boolean', 'Symbol', 'BigInt'],
  ...['Map', 'Set', 'WeakMap', 'WeakSet', 'WeakRef', 'FinalizationRegistry'],
  ...['Promise', 'RegExp', 'Date', 'Proxy', 'Iterator', 'AsyncIterator', 'Float16Array'],
  ...['ArrayBuffer', 'SharedArrayBuffer', 'DataView', 'Float32Array', 'Float64Array'],
  ...['Int8Array', 'Int16Array', 'Int32Array', 'Uint8Array', 'Uint8ClampedArray'],
  ...['Uint16Array', 'Uint32Array', 'BigInt64Array', 'BigUint64Array'],
  ...['JSON', 'Math', 'Reflect', 'Atomics', 'Intl', 'WebAssembly'],
  ...['Buffer', 'URL', 'URLSearchParams', 'TextEncoder', 'TextDecoder'],
  ...['Event', 'EventTarget', 'AbortController', 'AbortSignal', 'DOMException'],
];
