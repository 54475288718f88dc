import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { createNodePlatform } from '../../platform/node-platform.js';

/** One line that a node printed, and when this process read it. */
export interface NodeLine {
  readonly event: string;
  readonly atMs: number;
  readonly [field: string]: unknown;
}

export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
}

export interface NodeSetting {
  readonly seed?: string;
  readonly port?: number;
  /** How long it bears with the silence of another. */
  readonly lossMs?: number;
  /** How long what it runs may take to end. */
  readonly drainMs?: number;
  readonly host?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What its command begins with: a program that runs the rest somewhere else. */
  readonly within?: readonly string[];
}

export type RunSetting = Pick<NodeSetting, 'env' | 'within'>;

/** Processes that run the built command, none of which outlives `end`. */
export class RunningNodes {
  readonly #folder: string;
  readonly #nodes = new Set<RunningNode>();
  // Tests that are cut off end here as well.
  readonly #killAll = (): void => {
    for (const node of this.#nodes) node.kill('SIGKILL');
  };

  private constructor(folder: string) {
    this.#folder = folder;
    process.on('exit', this.#killAll);
  }

  /** Builds the command and the module of the smoke test, in which both share one copy of all. */
  static async build(): Promise<RunningNodes> {
    const root = fileURLToPath(new URL('../../..', import.meta.url));
    await mkdir(join(root, '.cache'), { recursive: true });
    // Beneath the packages that it imports.
    const folder = await mkdtemp(join(root, '.cache', 'smoke-'));
    await build({
      entryPoints: ['../main.ts', './smoke-module.ts'].map((file) =>
        fileURLToPath(new URL(file, import.meta.url)),
      ),
      entryNames: '[name]',
      bundle: true,
      splitting: true,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      packages: 'external',
      external: ['../../sim/*'],
      outdir: folder,
      logLevel: 'error',
    });
    return new RunningNodes(folder);
  }

  /** Runs `faultline` with these words. */
  run(words: readonly string[], { env = {}, within = [] }: RunSetting = {}): RunningNode {
    const line = [...within, process.execPath, join(this.#folder, 'main.js'), ...words];
    const child = spawn(line[0] as string, line.slice(1), {
      env: { ...process.env, NODE_OPTIONS: '', NO_COLOR: '1', ...env },
    });
    const node = new RunningNode(child);
    this.#nodes.add(node);
    void node.ended.then(() => this.#nodes.delete(node));
    return node;
  }

  /** Runs a node that tells its story as JSON. Its port is one that is free. */
  node(name: string, setting: NodeSetting = {}): RunningNode {
    const { seed, host, port = 0, lossMs = 10_000, drainMs = 10_000 } = setting;
    return this.run(
      [
        ...['node', '--json', '--name', name, '--port', `${port}`, '--secret', 'smoke'],
        ...['--module', join(this.#folder, 'smoke-module.js')],
        ...['--heartbeat', `${lossMs / 5}ms`, '--heartbeat-misses', '5'],
        ...['--drain', `${drainMs}ms`],
        ...(seed === undefined ? [] : ['--seed', seed]),
        ...(host === undefined ? [] : ['--host', host]),
      ],
      setting,
    );
  }

  /** Kills what runs still. */
  async killAll(): Promise<void> {
    const ends = [...this.#nodes].map((node) => node.ended);
    this.#killAll();
    await Promise.all(ends);
  }

  async end(): Promise<void> {
    await this.killAll();
    process.off('exit', this.#killAll);
    await rm(this.#folder, { recursive: true, force: true });
  }
}

export class RunningNode {
  readonly lines: NodeLine[] = [];
  readonly ended: Promise<Ended>;
  readonly #child: ChildProcess;
  readonly #watchers = new Set<() => void>();
  out = '';
  err = '';
  #rest = '';
  #end: Ended | undefined;

  constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#read(text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.err += text));
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

  /** Its id, once it can be reached. */
  async ready(): Promise<string> {
    const [{ node }] = (await this.until(1, { event: 'ready' })) as [NodeLine];
    return node as string;
  }

  /** The lines so far that have all these fields. */
  told(fields: Readonly<Record<string, unknown>>): NodeLine[] {
    const wanted = Object.entries(fields);
    return this.lines.filter((line) => wanted.every(([key, value]) => line[key] === value));
  }

  /** Resolves once there is a line with all fields of one of these. */
  untilAny(choices: readonly Readonly<Record<string, unknown>>[]): Promise<unknown> {
    return Promise.any(choices.map((fields) => this.until(1, fields)));
  }

  /** Resolves once `count` lines have all these fields; rejects when that takes too long. */
  until(count: number, fields: Readonly<Record<string, unknown>>): Promise<NodeLine[]> {
    return new Promise((resolve, reject) => {
      const over = (why?: string): void => {
        timer.cancel();
        this.#watchers.delete(check);
        if (why === undefined) return resolve(this.told(fields));
        const told = this.lines.map((line) => JSON.stringify(line)).join('\n');
        const wanted = `${count} times ${JSON.stringify(fields)}`;
        reject(new Error(`expected ${wanted}, but ${why}\n${told}\n${this.err}`));
      };
      const check = (): void => {
        if (this.told(fields).length >= count) over();
        else if (this.#end !== undefined) over(`it ended with ${JSON.stringify(this.#end)}`);
      };
      const timer = timers.after(PATIENCE_MS, () => over('it took too long'));
      this.#watchers.add(check);
      check();
    });
  }

  #read(text: string): void {
    this.out += text;
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    const atMs = clock.nowMs();
    for (const line of lines) {
      if (line.startsWith('{')) this.lines.push({ ...(JSON.parse(line) as NodeLine), atMs });
    }
    this.#changed();
  }

  #changed(): void {
    for (const check of [...this.#watchers]) check();
  }
}

/** A port that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

export function nowMs(): number {
  return clock.nowMs();
}

const { clock, timers } = createNodePlatform();
const PATIENCE_MS = 20_000;
