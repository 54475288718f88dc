import { Writable } from 'node:stream';
import winston from 'winston';

export interface QuietLogger {
  readonly logger: winston.Logger;
  /** What was logged so far, `level: message` each. */
  readonly lines: string[];
}

/** A logger that keeps its lines to itself. */
export function quietLogger(): QuietLogger {
  const lines: string[] = [];
  const stream = new Writable({
    write: (line: Buffer, _encoding, done) => {
      lines.push(line.toString().trimEnd());
      done();
    },
  });
  const format = winston.format.printf(({ level, message }) => `${level}: ${String(message)}`);
  const transport = new winston.transports.Stream({ stream, format }) as unknown;
  return { logger: winston.createLogger({ transports: transport as winston.transport }), lines };
}
