import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createNodePlatform } from '../../platform/node-platform.js';

export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface ProgramSetting {
  readonly env?: Readonly<Record<string, string>>;
  /** Runs it in a terminal of its own; see {@link hasTerminals}. */
  readonly terminal?: boolean;
}

/** Example programs, built once and run as processes, none of which outlives `end`. */
export class RunningPrograms {
  /** A folder that is gone with them. */
  readonly folder: string;
  readonly #running = new Set<RunningProgram>();
  // Tests that are cut off end here as well.
  readonly #killAll = (): void => {
    for (const program of this.#running) program.kill('SIGKILL');
  };

  private constructor(folder: string) {
    this.folder = folder;
    process.on('exit', this.#killAll);
  }

  /** Builds the programs at these paths, which `run` knows by their file names. */
  static async build(...programs: readonly URL[]): Promise<RunningPrograms> {
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    await mkdir(join(root, '.cache'), { recursive: true });
    // Beneath the packages that they import.
    const folder = await mkdtemp(join(root, '.cache', 'examples-'));
    await build({
      entryPoints: programs.map((program) => fileURLToPath(program)),
      entryNames: '[name]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      outdir: folder,
      logLevel: 'error',
    });
    return new RunningPrograms(folder);
  }

  /** Runs a program with these words. */
  run(
    name: string,
    words: readonly string[] = [],
    { env = {}, terminal = false }: ProgramSetting = {},
  ): RunningProgram {
    const line = [process.execPath, join(this.folder, `${name}.js`), ...words];
    const [command = '', ...args] = terminal ? inTerminal(line) : line;
    const child = spawn(command, args, { env: { ...process.env, NODE_OPTIONS: '', ...env } });
    const program = new RunningProgram(child);
    this.#running.add(program);
    void program.ended.then(() => this.#running.delete(program));
    return program;
  }

  /** Kills what runs still. */
  async killAll(): Promise<void> {
    const ends = [...this.#running].map((program) => program.ended);
    this.#killAll();
    await Promise.all(ends);
  }

  async end(): Promise<void> {
    await this.killAll();
    process.off('exit', this.#killAll);
    await rm(this.folder, { recursive: true, force: true });
  }
}

export class RunningProgram {
  /** Everything that it has shown so far. */
  out = '';
  readonly ended: Promise<ProgramEnd>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #end: ProgramEnd | undefined;
  #seen = 0;

  constructor(child: ChildProcess) {
    this.#child = child;
    const read = (text: string): void => {
      this.out += text;
      this.#changed();
    };
    child.stdout?.setEncoding('utf8').on('data', read);
    child.stderr?.setEncoding('utf8').on('data', read);
    child.stdin?.on('error', () => undefined);
    this.ended = new Promise((resolve) =>
      child.on('close', (code, signal) => {
        this.#end = { code, signal };
        this.#changed();
        resolve(this.#end);
      }),
    );
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Types keys. */
  press(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Types a line, and waits for what follows it. */
  async type(line: string, answer: RegExp): Promise<RegExpExecArray> {
    this.#seen = this.out.length;
    this.press(`${line}\n`);
    return this.next(answer);
  }

  /** What it showed first that fits, from the start on. */
  shows(wanted: RegExp): Promise<RegExpExecArray> {
    return this.#until(() => wanted.exec(this.out), wanted);
  }

  /** What it shows next that fits, after what was awaited or typed before. */
  async next(wanted: RegExp): Promise<RegExpExecArray> {
    const from = this.#seen;
    const found = await this.#until(() => wanted.exec(this.out.slice(from)), wanted);
    this.#seen = from + found.index + found[0].length;
    return found;
  }

  /** Types the same line again whenever it was answered, until it is answered so. */
  async askUntil(line: string, { answered, wanted }: Poll): Promise<void> {
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      const [text] = await this.type(line, answered);
      if (wanted.test(text)) return;
      await new Promise<void>((resolve) => timers.after(ASK_AGAIN_MS, resolve));
    }
    throw new Error(`expected ${line} to show ${String(wanted)}; it showed\n${this.out}`);
  }

  #until(look: () => RegExpExecArray | null, wanted: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const over = (end: () => void): void => {
        timer.cancel();
        this.#watchers.delete(check);
        end();
      };
      const fail = (why: string): void => {
        over(() => reject(new Error(`expected ${String(wanted)}, but ${why}\n${this.out}`)));
      };
      const check = (): void => {
        const found = look();
        if (found !== null) over(() => resolve(found));
        else if (this.#end !== undefined) fail(`it ended with ${JSON.stringify(this.#end)}`);
      };
      const timer = timers.after(PATIENCE_MS, () => fail('it took too long'));
      this.#watchers.add(check);
      check();
    });
  }

  #changed(): void {
    for (const check of [...this.#watchers]) check();
  }
}

export interface Poll {
  /** The whole answer to the line. */
  readonly answered: RegExp;
  /** What the answer is to say in the end. */
  readonly wanted: RegExp;
}

/** Whether there is a command here that gives a program a terminal. */
export function hasTerminals(): boolean {
  return process.platform === 'linux' && existsSync(SCRIPT);
}

function inTerminal(line: readonly string[]): string[] {
  const quoted = line.map((word) => `'${word.replaceAll("'", String.raw`'\''`)}'`).join(' ');
  return [SCRIPT, '--quiet', '--flush', '--return', '--command', quoted, '/dev/null'];
}

const { timers } = createNodePlatform();
const SCRIPT = '/usr/bin/script';
const PATIENCE_MS = 12_000;
const ASK_AGAIN_MS = 100;
const TRIES_MAX = 100;
