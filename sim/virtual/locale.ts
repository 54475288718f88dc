/**
 * Makes this thread speak one language and live in one zone, whatever the machine is set to, and
 * formats without a date show the time of `now`.
 */
export function virtualiseLocale(now: () => number): void {
  for (const key of Object.getOwnPropertyNames(Intl)) {
    const formatter = (Intl as unknown as Record<string, unknown>)[key];
    if (typeof formatter !== 'function' || !('prototype' in formatter)) continue;
    if (key === 'Locale') continue;
    settle(key, formatter as unknown as Formatter);
  }
  for (const [owner, method, at] of SPEAKING) settleMethod(owner, method, at);
  datesOf(Intl.DateTimeFormat.prototype, now);
}

type Formatter = (new (locales?: unknown, options?: object) => object) & { prototype: object };

function settle(name: string, formatter: Formatter): void {
  const settled = new Proxy(formatter, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, settledArgs(args, 0, name), newTarget) as object,
    apply: (target, self, args: unknown[]) =>
      Reflect.apply<unknown, unknown[], object>(target as never, self, settledArgs(args, 0, name)),
  });
  Object.defineProperty(Intl, name, { value: settled, writable: true, configurable: true });
  Object.defineProperty(formatter.prototype, 'constructor', { value: settled, writable: true });
}

function settleMethod(owner: object, name: string, at: number): void {
  const original = (owner as Readonly<Record<string, unknown>>)[name];
  if (typeof original !== 'function') return;
  const value = {
    [name](this: unknown, ...args: unknown[]): unknown {
      return Reflect.apply(original, this, settledArgs(args, at, owner)) as unknown;
    },
  }[name];
  Object.defineProperty(owner, name, { value, writable: true, configurable: true });
}

function settledArgs(args: readonly unknown[], at: number, of: unknown): unknown[] {
  const settled = [...args];
  while (settled.length < at) settled.push(undefined);
  settled[at] = withFallback(args[at]);
  if (of === 'DateTimeFormat' || of === Date.prototype) settled[at + 1] = inUtc(args[at + 1]);
  return settled;
}

// A language that the engine does not know would fall back on the machine's own.
function withFallback(locales: unknown): unknown {
  if (locales === undefined) return LANGUAGE;
  if (Array.isArray(locales)) return [...(locales as unknown[]), LANGUAGE];
  return [locales, LANGUAGE];
}

function inUtc(options: unknown): unknown {
  if (options === undefined) return { timeZone: 'UTC' };
  if (typeof options !== 'object' || options === null) return options;
  return (options as { timeZone?: unknown }).timeZone === undefined
    ? Object.assign(Object.create(options) as object, { timeZone: 'UTC' })
    : options;
}

type Format = (date?: Date | number) => unknown;

function datesOf(prototype: Intl.DateTimeFormat, now: () => number): void {
  const formatOf = Object.getOwnPropertyDescriptor(prototype, 'format')?.get as (
    this: Intl.DateTimeFormat,
  ) => Format;
  const bound = new WeakMap<object, Format>();
  const { formatToParts } = prototype;
  Object.defineProperties(prototype, {
    format: {
      get(this: Intl.DateTimeFormat): Format {
        const known = bound.get(this);
        if (known !== undefined) return known;
        const format = formatOf.call(this);
        const virtual: Format = (date) => format(date ?? now());
        bound.set(this, virtual);
        return virtual;
      },
      configurable: true,
    },
    formatToParts: {
      value(this: Intl.DateTimeFormat, date?: Date | number) {
        return formatToParts.call(this, date ?? now());
      },
      writable: true,
      configurable: true,
    },
  });
}

const LANGUAGE = 'en-US';
/** Methods that ask for a language, and which of their arguments it is. */
const SPEAKING: readonly (readonly [owner: object, method: string, at: number])[] = [
  [Number.prototype, 'toLocaleString', 0],
  [BigInt.prototype, 'toLocaleString', 0],
  [Array.prototype, 'toLocaleString', 0],
  [Object.getPrototypeOf(Uint8Array.prototype) as object, 'toLocaleString', 0],
  [Date.prototype, 'toLocaleString', 0],
  [Date.prototype, 'toLocaleDateString', 0],
  [Date.prototype, 'toLocaleTimeString', 0],
  [String.prototype, 'localeCompare', 1],
  [String.prototype, 'toLocaleLowerCase', 0],
  [String.prototype, 'toLocaleUpperCase', 0],
];
