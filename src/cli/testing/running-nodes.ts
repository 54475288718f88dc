import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { createNodePlatform } from '../../platform/node-platform.js';
import { BuiltPrograms, RunningProcess } from '../../platform/testing/running-process.js';

/** One line that a node printed, and when this process read it. */
export interface NodeLine {
  readonly event: string;
  readonly atMs: number;
  readonly [field: string]: unknown;
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
  readonly #programs: BuiltPrograms;

  private constructor(programs: BuiltPrograms) {
    this.#programs = programs;
  }

  /** Builds the command and the module of the smoke test, in which both share one copy of all. */
  static async build(): Promise<RunningNodes> {
    const programs = ['../main.ts', './smoke-module.ts'].map(
      (file) => new URL(file, import.meta.url),
    );
    const setting = { name: 'smoke', external: ['../../sim/*'] };
    return new RunningNodes(await BuiltPrograms.build(programs, setting));
  }

  /** Runs `faultline` with these words. */
  run(words: readonly string[], { env = {}, within = [] }: RunSetting = {}): RunningNode {
    const line = [...within, process.execPath, join(this.#programs.folder, 'main.js'), ...words];
    return this.#programs.start(line, (child) => new RunningNode(child), {
      env: { NO_COLOR: '1', ...env },
    });
  }

  /** Runs a node that tells its story as JSON. Its port is one that is free. */
  node(name: string, setting: NodeSetting = {}): RunningNode {
    const { seed, host, port = 0, lossMs = 10_000, drainMs = 10_000 } = setting;
    return this.run(
      [
        ...['node', '--json', '--name', name, '--port', `${port}`, '--secret', 'smoke'],
        ...['--module', join(this.#programs.folder, 'smoke-module.js')],
        ...['--heartbeat', `${lossMs / 5}ms`, '--heartbeat-misses', '5'],
        ...['--drain', `${drainMs}ms`],
        ...(seed === undefined ? [] : ['--seed', seed]),
        ...(host === undefined ? [] : ['--host', host]),
      ],
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

export class RunningNode extends RunningProcess {
  readonly lines: NodeLine[] = [];
  out = '';
  err = '';
  #rest = '';

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
    const look = (): NodeLine[] | null => {
      const told = this.told(fields);
      return told.length >= count ? told : null;
    };
    return this.untilFound(look, `${count} times ${JSON.stringify(fields)}`);
  }

  /** Resolves once it has printed this on standard error. */
  untilPrinted(text: string): Promise<object> {
    const look = (): object | null => (this.err.includes(text) ? this : null);
    return this.untilFound(look, JSON.stringify(text));
  }

  protected override read(text: string, from: 'stdout' | 'stderr'): void {
    if (from === 'stderr') this.err += text;
    else this.#readLines(text);
  }

  protected override get printed(): string {
    return [...this.lines.map((line) => JSON.stringify(line)), this.err].join('\n');
  }

  #readLines(text: string): void {
    this.out += text;
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    const atMs = clock.nowMs();
    for (const line of lines) {
      if (line.startsWith('{')) this.lines.push({ ...(JSON.parse(line) as NodeLine), atMs });
    }
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

const { clock } = createNodePlatform();
