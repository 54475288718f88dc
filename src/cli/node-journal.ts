import picocolors from 'picocolors';
import type { NodeId } from '../base/node-id.js';
import type { NodeDownReason } from '../cluster/membership-event.js';
import type { Log, LogFields } from '../platform/platform.js';

/** What a node tells whoever runs it. */
export type NodeEvent =
  /** Others can reach it; `node` has the port that it took. */
  | { readonly event: 'ready'; readonly node: NodeId; readonly pid: number }
  | { readonly event: 'node_up'; readonly node: NodeId }
  | { readonly event: 'node_down'; readonly node: NodeId; readonly reason: NodeDownReason }
  /** It is about to leave. */
  | { readonly event: 'draining'; readonly because: string }
  /** It has left; the process ends. */
  | { readonly event: 'left' }
  /** It could not start, or its `setup` failed; the process ends. */
  | { readonly event: 'failed'; readonly code?: string; readonly message: string };

export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface JournalOptions {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly wallMs: () => number;
  /** All goes to standard output, each entry one line of JSON. */
  readonly json: boolean;
  /** Warnings, errors and failures alone. */
  readonly quiet: boolean;
}

/**
 * Prints what happens to a node, a line each. For people events go to standard output, and whatever
 * is wrong to standard error.
 */
export class NodeJournal implements Log {
  readonly #options: JournalOptions;
  readonly #colours: ReturnType<typeof picocolors.createColors>;

  constructor(options: JournalOptions) {
    this.#options = options;
    this.#colours = picocolors.createColors(hasColours(options));
  }

  tell(event: NodeEvent): void {
    const { json, quiet, stdout } = this.#options;
    const isFailure = event.event === 'failed';
    if (quiet && !isFailure) return;
    if (json) this.#json(event);
    else if (isFailure) this.#options.stderr.write(`faultline node: ${event.message}\n`);
    else stdout.write(`${this.#now()} ${this.#sentence(event)}\n`);
  }

  // Details for whoever works on the library: no node that runs has use for them.
  debug(): void {}

  info(): void {}

  warn(message: string, fields?: LogFields): void {
    this.#log('warn', message, fields);
  }

  error(message: string, fields?: LogFields): void {
    this.#log('error', message, fields);
  }

  #log(level: 'warn' | 'error', message: string, fields: LogFields = {}): void {
    if (this.#options.json) return this.#json({ event: 'log', level, message, fields });
    const tail = Object.keys(fields).length === 0 ? '' : ` ${JSON.stringify(fields, plain)}`;
    const word = level === 'warn' ? this.#colours.yellow(level) : this.#colours.red(level);
    this.#options.stderr.write(`${this.#now()} ${word} ${message}${tail}\n`);
  }

  #json(entry: object): void {
    this.#options.stdout.write(`${JSON.stringify({ at: this.#now(), ...entry }, plain)}\n`);
  }

  #sentence(event: Exclude<NodeEvent, { readonly event: 'failed' }>): string {
    const { green, red, yellow } = this.#colours;
    switch (event.event) {
      case 'ready':
        return `${green('ready')} ${event.node} (process ${event.pid})`;
      case 'node_up':
        return `${green('node up')} ${event.node}`;
      case 'node_down':
        return `${red('node down')} ${event.node} (${event.reason})`;
      case 'draining':
        return `${yellow('draining')} ${event.because}`;
      case 'left':
        return 'left';
    }
  }

  #now(): string {
    return new Date(this.#options.wallMs()).toISOString();
  }
}

export function hasColours({ stdout, env }: Pick<JournalOptions, 'stdout' | 'env'>): boolean {
  const isForced = isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0';
  const isTerminal = stdout.isTTY === true && env['TERM'] !== 'dumb';
  return !isSet(env['NO_COLOR']) && (isForced || isTerminal);
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? (value.stack ?? value.message) : value;
}
