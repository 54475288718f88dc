import type { Clock } from '../../src/platform/platform.js';

/** `Date` on the node's wall clock; `instanceof`, parsing and arithmetic are the native ones. */
export function virtualDate(clock: Clock): DateConstructor {
  const now = (): number => clock.wallMs();
  return new Proxy(Date, {
    construct: (target, args: unknown[], newTarget) =>
      Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget) as Date,
    apply: () => new Date(now()).toString(),
    get: (target, key, receiver) =>
      key === 'now' ? now : (Reflect.get(target, key, receiver) as unknown),
  });
}

/** `Intl` whose `DateTimeFormat` formats the node's time when it is given none. */
export function virtualIntl(clock: Clock): typeof Intl {
  const DateTimeFormat = new Proxy(Intl.DateTimeFormat, {
    construct: (target, args: unknown[], newTarget) =>
      dated(Reflect.construct(target, args, newTarget) as Intl.DateTimeFormat, clock),
    apply: (target, _self, args: unknown[]) =>
      dated(Reflect.construct(target, args) as Intl.DateTimeFormat, clock),
  });
  return Object.create(Intl, { DateTimeFormat: { value: DateTimeFormat } }) as typeof Intl;
}

function dated(formatter: Intl.DateTimeFormat, clock: Clock): Intl.DateTimeFormat {
  const format = formatter.format.bind(formatter);
  const formatToParts = formatter.formatToParts.bind(formatter);
  return Object.defineProperties(formatter, {
    format: { value: (date?: Date | number) => format(date ?? clock.wallMs()) },
    formatToParts: { value: (date?: Date | number) => formatToParts(date ?? clock.wallMs()) },
  });
}

/** `performance` on the node's monotonic clock. Marks and measures are forbidden by absence. */
export function virtualPerformance(clock: Clock, startMs: number): Record<string, unknown> {
  const now = (): number => clock.nowMs() - startMs;
  const timeOrigin = clock.wallMs();
  return { now, timeOrigin, toJSON: () => ({ timeOrigin }), timerify: <F>(run: F): F => run };
}
