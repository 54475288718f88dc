import winston from 'winston';
import { toError } from '../base/errors.js';
import type { Log, LogFields } from '../platform/platform.js';

/** A log of a coordinator or a worker, and how to let go of it. */
export interface TaskLog extends Log {
  close(): void;
}

/**
 * Writes to the caller's own logger, or to one that prints `timestamp [LEVEL]: message` on standard
 * error and appends it to `file`. What is written after `close` opens the file again.
 */
export function taskLog(given: winston.Logger | undefined, file: string): TaskLog {
  let own: winston.Logger | undefined;
  const write =
    (level: Level) =>
    (message: string, fields?: LogFields): void => {
      const logger = given ?? (own ??= createLogger(file));
      const text = fields === undefined ? message : `${message} ${textOf(fields)}`;
      // Loggers with levels of their own may have none of this name.
      if (typeof logger[level] === 'function') logger[level](text);
      else logger.log(level, text);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    close: () => {
      own?.close();
      own = undefined;
    },
  };
}

type Level = 'debug' | 'info' | 'warn' | 'error';

function createLogger(file: string): winston.Logger {
  return winston.createLogger({
    level: 'info',
    format: winston.format.combine(
      winston.format.timestamp(),
      winston.format.printf(({ timestamp, level, message }) => {
        return `${String(timestamp)} [${level.toUpperCase()}]: ${String(message)}`;
      }),
    ),
    transports: [
      new winston.transports.Console({ stderrLevels: ['debug', 'info', 'warn', 'error'] }),
      new winston.transports.File({ filename: file }),
    ] as unknown as winston.transport[],
  });
}

function textOf(fields: LogFields): string {
  return JSON.stringify(fields, (_key, value: unknown) => {
    if (typeof value === 'bigint') return value.toString();
    return value instanceof Error ? toError(value).message : value;
  });
}
