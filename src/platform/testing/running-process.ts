import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createNodePlatform } from '../node-platform.js';

export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface BuildSetting {
  /** What the folder of the programs begins with. */
  readonly name: string;
  /** Imports that stay as they are, besides packages. */
  readonly external?: readonly string[];
  /** Files in the place of imports. */
  readonly alias?: Readonly<Record<string, string>>;
}

export interface StartSetting {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
}

/** Programs, built once and run as processes, none of which outlives `end`. */
export class BuiltPrograms {
  /** Has the programs under the names of their files, with `.js`; it is gone with them. */
  readonly folder: string;
  readonly #running = new Set<RunningProcess>();
  // Tests that are cut off end here as well.
  readonly #killAll = (): void => {
    for (const one of this.#running) one.kill('SIGKILL');
  };

  private constructor(folder: string) {
    this.folder = folder;
    process.on('exit', this.#killAll);
  }

  /** Builds the programs at these paths, which share one copy of all that they import. */
  static async build(
    programs: readonly URL[],
    { name, external = [], alias = {} }: BuildSetting,
  ): Promise<BuiltPrograms> {
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    await mkdir(join(root, '.cache'), { recursive: true });
    // Beneath the packages that they import.
    const folder = await mkdtemp(join(root, '.cache', `${name}-`));
    await build({
      entryPoints: programs.map((program) => fileURLToPath(program)),
      entryNames: '[name]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      external: [...external],
      alias: { ...alias },
      outdir: folder,
      logLevel: 'error',
    });
    return new BuiltPrograms(folder);
  }

  /** Starts a command line; `make` reads what it prints. */
  start<Process extends RunningProcess>(
    [command = '', ...args]: readonly string[],
    make: (child: ChildProcess) => Process,
    { env = {}, cwd }: StartSetting = {},
  ): Process {
    const started = make(
      spawn(command, args, { env: { ...process.env, NODE_OPTIONS: '', ...env }, cwd }),
    );
    this.#running.add(started);
    void started.ended.then(() => this.#running.delete(started));
    return started;
  }

  /** Kills what runs still. */
  async killAll(): Promise<void> {
    const ends = [...this.#running].map((one) => one.ended);
    this.#killAll();
    await Promise.all(ends);
  }

  async end(): Promise<void> {
    await this.killAll();
    process.off('exit', this.#killAll);
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** A process whose output is awaited. */
export abstract class RunningProcess {
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  #end: ProcessEnd | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    for (const from of ['stdout', 'stderr'] as const) {
      child[from]?.setEncoding('utf8').on('data', (text: string) => {
        this.read(text, from);
        this.#changed();
      });
    }
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

  /** Takes what it printed. */
  protected abstract read(text: string, from: 'stdout' | 'stderr'): void;

  /** All that it printed, for the message of an error. */
  protected abstract get printed(): string;

  /** Resolves with what `look` finds; rejects when the process ends or that takes too long. */
  protected untilFound<Found extends object>(
    look: () => Found | null,
    wanted: string,
  ): Promise<Found> {
    return new Promise((resolve, reject) => {
      const over = (end: () => void): void => {
        timer.cancel();
        this.#watchers.delete(check);
        end();
      };
      const fail = (why: string): void => {
        over(() => reject(new Error(`expected ${wanted}, but ${why}\n${this.printed}`)));
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

const { timers } = createNodePlatform();
const PATIENCE_MS = 20_000;
