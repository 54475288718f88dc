import { zoned } from './zone.js';

/**
 * Makes `Date` of this thread tell the time of `now`, in UTC wherever the machine stands.
 * `instanceof`, arithmetic and formats are the native ones.
 */
export function virtualiseDate(now: () => number): void {
  const parse = (text: string): number => nativeParse(zoned(text));
  const nativeParse = Date.parse;
  const virtual = new Proxy(Date, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, timeOf(args, now, parse), newTarget) as Date,
    apply: () => new virtual().toString(),
  });

  Object.assign(Date, { now, parse });
  Object.assign(Date.prototype, partsInUtc(), { constructor: virtual });
  Object.defineProperty(globalThis, 'Date', { value: virtual });
}

function timeOf(args: unknown[], now: () => number, parse: (text: string) => number): unknown[] {
  if (args.length === 0) return [now()];
  if (args.length > 1) return [Date.UTC(...(args as [number, number]))];
  const [arg] = args;
  const value = isObject(arg) && !isDate(arg) ? primitiveOf(arg) : arg;
  return [typeof value === 'string' ? parse(value) : value];
}

// What stands for an object in arithmetic: its own conversion, its value, its text.
function primitiveOf(value: object): unknown {
  const own = (value as { [Symbol.toPrimitive]?: unknown })[Symbol.toPrimitive];
  if (typeof own === 'function') return Reflect.apply(own, value, ['default']) as unknown;
  const inner: unknown = value.valueOf();
  return isObject(inner) ? (value as { toString(): unknown }).toString() : inner;
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function isDate(value: object): boolean {
  return value instanceof Date;
}

type DateMethod = (this: Date, ...args: never[]) => unknown;

/** The methods that read or write local time. */
function partsInUtc(): Record<string, DateMethod> {
  const prototype = Date.prototype as unknown as Record<string, DateMethod>;
  const methods: Record<string, DateMethod> = {};
  for (const part of PARTS) {
    for (const act of part === 'Day' ? ['get'] : ['get', 'set']) {
      const inUtc = prototype[`${act}UTC${part}`] as DateMethod;
      methods[`${act}${part}`] = inUtc;
    }
  }
  return { ...methods, ...TEXTS };
}

const TEXTS: Record<string, DateMethod> = {
  getTimezoneOffset: namedMethod((date) => date.getTime() * 0),
  getYear: namedMethod((date) => date.getUTCFullYear() - 1900),
  setYear(this: Date, year: number) {
    const full = year >= 0 && year <= 99 ? 1900 + Math.trunc(year) : year;
    return this.setUTCFullYear(full);
  },
  toString: namedMethod((date) => textOf(date, ({ day, time }) => `${day} ${time} ${UTC}`)),
  toDateString: namedMethod((date) => textOf(date, ({ day }) => day)),
  toTimeString: namedMethod((date) => textOf(date, ({ time }) => `${time} ${UTC}`)),
};

function namedMethod(of: (date: Date) => unknown): DateMethod {
  return function (this: Date) {
    return of(this);
  };
}

function textOf(date: Date, write: (text: { day: string; time: string }) => string): string {
  const words = date.toUTCString().match(/^(\w+), (\d+) (\w+) (-?\d+) ([\d:]+) GMT$/);
  if (words === null) return 'Invalid Date';
  const [, weekday, day, month, year, time = ''] = words;
  return write({ day: `${weekday} ${month} ${day} ${year}`, time });
}

const UTC = 'GMT+0000 (Coordinated Universal Time)';
const PARTS = ['FullYear', 'Month', 'Date', 'Day', 'Hours', 'Minutes', 'Seconds', 'Milliseconds'];
