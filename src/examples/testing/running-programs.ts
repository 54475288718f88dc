import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createNodePlatform } from '../../platform/node-platform.js';
import {
  BuiltPrograms,
  type BuildSetting,
  RunningProcess,
  type StartSetting,
} from '../../platform/testing/running-process.js';

export interface ProgramSetting extends StartSetting {
  /** Runs it in a terminal of its own; see {@link hasTerminals}. */
  readonly terminal?: boolean;
}

/** Programs that are read and typed to as their users do. */
export class RunningPrograms {
  readonly #programs: BuiltPrograms;

  private constructor(programs: BuiltPrograms) {
    this.#programs = programs;
  }

  /** Builds the programs at these paths, which `run` knows by their file names. */
  static async build(
    programs: readonly URL[],
    { name = 'examples', ...setting }: Partial<BuildSetting> = {},
  ): Promise<RunningPrograms> {
    return new RunningPrograms(await BuiltPrograms.build(programs, { name, ...setting }));
  }

  /** A folder that is gone with them. */
  get folder(): string {
    return this.#programs.folder;
  }

  /** Runs a program with these words. */
  run(
    name: string,
    words: readonly string[] = [],
    { terminal = false, ...setting }: ProgramSetting = {},
  ): RunningProgram {
    const line = [process.execPath, join(this.folder, `${name}.js`), ...words];
    return this.#programs.start(
      terminal ? inTerminal(line) : line,
      (child) => new RunningProgram(child),
      setting,
    );
  }

  /** Kills what runs still. */
  killAll(): Promise<void> {
    return this.#programs.killAll();
  }

  end(): Promise<void> {
    return this.#programs.end();
  }
}

export class RunningProgram extends RunningProcess {
  /** Everything that it has shown so far. */
  out = '';
  #seen = 0;

  /** Types a line, and waits for what follows it. */
  async type(line: string, answer: RegExp): Promise<RegExpExecArray> {
    this.#seen = this.out.length;
    this.press(`${line}\n`);
    return this.next(answer);
  }

  /** What it showed first that fits, from the start on. */
  shows(wanted: RegExp): Promise<RegExpExecArray> {
    return this.untilFound(() => wanted.exec(this.out), String(wanted));
  }

  /** What it shows next that fits, after what was awaited or typed before. */
  async next(wanted: RegExp): Promise<RegExpExecArray> {
    const from = this.#seen;
    const found = await this.untilFound(() => wanted.exec(this.out.slice(from)), String(wanted));
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

  protected override read(text: string): void {
    this.out += text;
  }

  protected override get printed(): string {
    return this.out;
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
const ASK_AGAIN_MS = 100;
const TRIES_MAX = 100;
