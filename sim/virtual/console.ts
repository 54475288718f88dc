import { format, inspect } from 'node:util';
import type { Clock, Log } from '../../src/platform/platform.js';

/** `console` of a node: it prints to the node's log, and times with the node's clock. */
export function virtualConsole(log: Log, clock: Clock): Record<string, unknown> {
  const started = new Map<string, number>();
  const counts = new Map<string, number>();
  let indent = '';
  const print =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (...args: unknown[]): void =>
      log[level](indent + format(...args));
  const [info, error] = [print('info'), print('error')];
  const time = (label: string, ...rest: unknown[]): void => {
    const startedMs = started.get(label);
    if (startedMs !== undefined) info(`${label}: ${clock.nowMs() - startedMs}ms`, ...rest);
  };
  const virtual = {
    log: info,
    info,
    dirxml: info,
    debug: print('debug'),
    warn: print('warn'),
    error,
    trace: (...args: unknown[]) => error('Trace:', ...args),
    table: (data: unknown) => info(data),
    dir: (value: unknown) => info(inspect(value)),
    assert: (holds: unknown, ...args: unknown[]) => {
      if (!holds) error('Assertion failed', ...args);
    },
    count: (label = 'default') => {
      counts.set(label, (counts.get(label) ?? 0) + 1);
      info(`${label}: ${counts.get(label) ?? 0}`);
    },
    countReset: (label = 'default') => counts.delete(label),
    group: (...args: unknown[]) => {
      if (args.length > 0) info(...args);
      indent += '  ';
    },
    groupEnd: () => {
      indent = indent.slice(2);
    },
    time: (label = 'default') => started.set(label, clock.nowMs()),
    timeLog: (label = 'default', ...args: unknown[]) => time(label, ...args),
    timeEnd: (label = 'default') => {
      time(label);
      started.delete(label);
    },
  };
  return { ...virtual, groupCollapsed: virtual.group };
}
