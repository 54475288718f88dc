import { Writable } from 'node:stream';
import picocolors from 'picocolors';
import winston from 'winston';
import { reachAdvice } from './start-advice.js';
import { hasColours, type JournalOptions } from './node-journal.js';

export interface TaskJournalOptions extends JournalOptions {
  /** The command that speaks. */
  readonly name: string;
}

/** One thing that happened: its fields for programs, its sentence for people. */
export interface TaskEvent {
  readonly event: string;
  readonly [field: string]: unknown;
}

/**
 * What a coordinator or a worker tells whoever runs it: a line for each event, of JSON if that is
 * wanted, and on a terminal a last line that shows how things are now.
 */
export class TaskJournal {
  /** For the classes that do the work: warnings and errors are told, the rest is not. */
  readonly logger: winston.Logger;
  readonly #options: TaskJournalOptions;
  readonly #colours: ReturnType<typeof picocolors.createColors>;
  #status = '';

  constructor(options: TaskJournalOptions) {
    this.#options = options;
    this.#colours = picocolors.createColors(hasColours(options));
    const transports = [new winston.transports.Stream({ stream: this.#logStream() })];
    // Winston declares the class of its transports as one of their instances.
    // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment
    this.logger = winston.createLogger({ level: 'warn', transports });
  }

  tell(event: TaskEvent, sentence: string): void {
    const { json, quiet, stdout } = this.#options;
    if (quiet) return;
    if (json) this.#json(event);
    else this.#above(() => stdout.write(`${this.#now()} ${sentence}\n`));
  }

  /** How things are now: the last line of a terminal, or one more line for programs. */
  progress(event: TaskEvent, sentence: string): void {
    const { json, quiet, stdout } = this.#options;
    if (quiet) return;
    if (json) return this.#json(event);
    if (stdout.isTTY !== true) return;
    this.#above(() => (this.#status = this.#colours.dim(sentence)));
  }

  /** The command cannot go on. */
  failed(message: string, code?: string): void {
    const { json, name, stderr } = this.#options;
    const event = { event: 'failed', ...(code === undefined ? {} : { code }), message };
    if (json) this.#json(event);
    else this.#above(() => stderr.write(`faultline ${name}: ${message}\n`));
  }

  /** Leaves the last line as it is, with the cursor below. */
  end(): void {
    if (this.#status !== '') this.#options.stdout.write('\n');
    this.#status = '';
  }

  #logStream(): Writable {
    return new Writable({
      write: (entry: Buffer, _encoding, done) => {
        const { level, message } = JSON.parse(entry.toString()) as Readonly<Record<string, string>>;
        this.#log(level === 'error' ? 'error' : 'warn', reachAdvice(message ?? ''));
        done();
      },
    });
  }

  #log(level: 'warn' | 'error', message: string): void {
    const { json, stderr } = this.#options;
    if (json) return this.#json({ event: 'log', level, message });
    const word = level === 'warn' ? this.#colours.yellow(level) : this.#colours.red(level);
    this.#above(() => stderr.write(`${this.#now()} ${word} ${message}\n`));
  }

  // The status goes away for a line above it, and comes back below.
  #above(write: () => unknown): void {
    const { stdout } = this.#options;
    if (this.#status !== '') stdout.write(CLEAR_LINE);
    write();
    if (this.#status !== '') stdout.write(this.#status);
  }

  #json(entry: TaskEvent): void {
    this.#options.stdout.write(`${JSON.stringify({ at: this.#now(), ...entry })}\n`);
  }

  #now(): string {
    return new Date(this.#options.wallMs()).toISOString();
  }
}

const CLEAR_LINE = '\r\u001b[2K';
