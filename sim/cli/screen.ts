import { type Paint, paintFor } from '../report/paint.js';

/** A stream that the command writes to. */
export interface TextSink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
}

export interface ScreenOptions {
  readonly stdout: TextSink;
  readonly stderr: TextSink;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * Results go to standard output. Everything else goes to standard error, and the line of progress
 * only when that is a terminal; it is gone before a result is printed.
 */
export class Screen {
  readonly paint: Paint;
  readonly #options: ScreenOptions;
  #progress = '';

  constructor(options: ScreenOptions) {
    this.#options = options;
    this.paint = paintFor(options.stdout, options.env);
  }

  print(...lines: readonly string[]): void {
    if (lines.length === 0) return;
    this.clearProgress();
    this.#options.stdout.write(`${lines.join('\n')}\n`);
  }

  complain(line: string): void {
    this.clearProgress();
    this.#options.stderr.write(`${line}\n`);
  }

  progress(text: string): void {
    const { stderr } = this.#options;
    if (stderr.isTTY !== true || text === this.#progress) return;
    this.#progress = text;
    stderr.write(`\r${CLEAR_LINE}${text}`);
  }

  clearProgress(): void {
    if (this.#progress === '') return;
    this.#progress = '';
    this.#options.stderr.write(`\r${CLEAR_LINE}`);
  }
}

const CLEAR_LINE = '\u001b[K';
