import winston from 'winston';
import { toError } from '../base/errors.js';
import type { Log, LogFields } from '../platform/platform.js';

/** A log of a coordinator or a worker, and how to let go of it. */
export interface TaskLog extends Log {
  close(): void;
}

/**
 * Writes to the caller's own logger, or to one that prints `timestamp [LEVEL]: message` on standard
 * error and appends it to `file`.
 */
export function taskLog(given: winston.Logger | undefined, file: string): TaskLog {
  const logger = given ?? createLogger(file);
  const write =
    (level: string) =>
    (message: string, fields?: LogFields): void => {
      logger.log(level, fields === undefined ? message : `${message} ${textOf(fields)}`);
    };
  return {
    debug: write('debug'),
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    close: () => given ?? logger.close(),
  };
}

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
