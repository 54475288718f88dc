import { clearLine, createInterface, cursorTo, type Interface } from 'node:readline';
import { type Command, LEAVE, completions, helpLines, parseLine } from './command-line.js';
import { nowMs } from './world.js';

export interface TerminalOptions {
  /** Shown before what the user types, as `supervisor`. */
  readonly name: string;
  readonly commands: readonly Command[];
  /** What the end of the input means; the user leaves by default. */
  readonly endOfInput?: 'leave' | 'stay';
}

/**
 * The terminal of a program: a line editor with completion and history, whose line stays whole when
 * the program shows something meanwhile. Without a terminal it reads its commands line by line.
 */
export class Terminal {
  #editor: Interface | undefined;

  /** Shows lines at once, above the one that is being typed. */
  readonly show = (...lines: readonly string[]): void => {
    const isEdited = this.#editor !== undefined && process.stdout.isTTY;
    if (isEdited) {
      clearLine(process.stdout, 0);
      cursorTo(process.stdout, 0);
    }
    // In one piece: nothing gets between the lines of a table.
    if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
    if (isEdited) this.#editor?.prompt(true);
  };

  /** For a program that takes no commands: resolves on Ctrl-C or SIGTERM, with a word for which. */
  untilSignal(): Promise<string> {
    return new Promise(onEndSignal);
  }

  /**
   * Takes commands, one after another, until the user leaves: by a command, the end of the input,
   * Ctrl-C or SIGTERM. Gives a word for which.
   */
  converse({ name, commands, endOfInput = 'leave' }: TerminalOptions): Promise<string> {
    const table: readonly Command[] = [
      { name: '/help', summary: 'Show the commands', run: () => helpLines(table) },
      ...commands,
      { name: '/quit', summary: 'Leave the cluster and end', run: () => LEAVE },
    ];
    const editor = createInterface({
      input: process.stdin,
      output: process.stdout,
      terminal: process.stdout.isTTY && process.stdin.isTTY,
      prompt: `${name}> `,
      historySize: 200,
      removeHistoryDuplicates: true,
      completer: (line: string, done: (error: null, result: [string[], string]) => void) => {
        completions(line, table).then(
          (hits) => done(null, [hits, line]),
          () => done(null, [[], line]),
        );
      },
    });
    this.#editor = editor;
    return new Promise((resolve) => {
      const leave = (why: string): void => {
        if (this.#editor === undefined) return;
        this.#editor = undefined;
        editor.close();
        // A key that ends it leaves the line that was being typed where it is.
        if (process.stdout.isTTY && !why.startsWith('/')) process.stdout.write('\n');
        resolve(why);
      };
      // Pasted and piped lines come all at once, and each may need what the one before it did.
      let work = Promise.resolve();
      editor.on('line', (line) => {
        work = work.then(() => this.#take(line, table, leave));
      });
      editor.on('close', () => {
        if (endOfInput === 'leave') void work.then(() => leave('end of input'));
      });
      editor.on('SIGINT', () => leave('Ctrl-C'));
      onEndSignal(leave);
      this.#prompt();
    });
  }

  async #take(line: string, table: readonly Command[], leave: (why: string) => void) {
    // What was typed before the end, and not begun, is not begun after it.
    if (this.#editor === undefined) return;
    const parsed = parseLine(line, table);
    if (parsed.kind === 'wrong') process.stdout.write(`${parsed.message}\n`);
    if (parsed.kind === 'run') {
      const reply = await answer(parsed.command, parsed.argument);
      if (reply === LEAVE) {
        leave(line.trim());
        return;
      }
      this.show(...(typeof reply === 'string' ? [reply] : reply));
    }
    this.#prompt();
  }

  #prompt(): void {
    if (process.stdout.isTTY) this.#editor?.prompt();
  }
}

async function answer(
  command: Command,
  argument: string,
): Promise<string | readonly string[] | typeof LEAVE> {
  try {
    return await command.run(argument);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * The first SIGINT or SIGTERM ends the conversation, the second one the process. One press of
 * Ctrl-C may arrive twice: from the terminal, and from the `npm` around this program.
 */
function onEndSignal(leave: (why: string) => void): void {
  let firstMs: number | undefined;
  const told = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (firstMs !== undefined && nowMs() - firstMs > ONE_PRESS_MS) {
      process.exit(signal === 'SIGINT' ? 130 : 143);
    }
    firstMs ??= nowMs();
    leave(signal === 'SIGINT' ? 'Ctrl-C' : signal);
  };
  process.on('SIGINT', told).on('SIGTERM', told);
}

const ONE_PRESS_MS = 300;
