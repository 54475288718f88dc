import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { promisify } from 'node:util';

/**
 * Machines of a test: network namespaces of Linux, each with an interface of its own at one bridge.
 * They need no privileges where users may make namespaces, and are gone with their processes.
 */
export class NetworkSpaces {
  readonly #bridge: Space;
  readonly #spaces: readonly Space[];

  private constructor(bridge: Space, spaces: readonly Space[]) {
    this.#bridge = bridge;
    this.#spaces = spaces;
  }

  /** `undefined` where the system has no namespaces or does not let this user have any. */
  static async open(count: number): Promise<NetworkSpaces | undefined> {
    if (process.platform !== 'linux') return undefined;
    const opened: Space[] = [];
    try {
      const bridge = await space('unshare', ['--map-root-user', '--net']);
      opened.push(bridge);
      while (opened.length <= count) {
        opened.push(await space('nsenter', [...bridge.into, 'unshare', '--net']));
      }
      const spaces = opened.slice(1);
      await run(bridge, 'ip link add br0 type bridge');
      await run(bridge, 'ip link set br0 up');
      for (const [at, each] of spaces.entries()) await plugIn(bridge, each, at);
      return new NetworkSpaces(bridge, spaces);
    } catch {
      // Whatever is missing, there will be no test: whoever runs it reads that it was skipped.
      await end(opened);
      return undefined;
    }
  }

  /** Where the processes of a space are found by the others. */
  host(at: number): string {
    return hostOf(at);
  }

  /** What a command begins with that is to run there. */
  within(at: number): readonly string[] {
    return ['nsenter', ...(this.#spaces[at] as Space).into];
  }

  /** From now on nothing goes in or out, and nobody is told: packets are lost. */
  async cutOff(at: number): Promise<void> {
    await run(this.#bridge, `ip link set ${portOf(at)} nomaster`);
  }

  async heal(at: number): Promise<void> {
    await run(this.#bridge, `ip link set ${portOf(at)} master br0`);
  }

  async close(): Promise<void> {
    await end([this.#bridge, ...this.#spaces]);
  }
}

/** A namespace, and the process that keeps it. */
interface Space {
  readonly holder: ChildProcess;
  /** What `nsenter` needs to be told. */
  readonly into: readonly string[];
}

// It ends with whoever holds its standard input, also when that one is killed.
async function space(command: string, args: readonly string[]): Promise<Space> {
  const holder = spawn(command, [...args, 'sh', '-c', 'echo ready; exec cat'], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const ready = new Promise((resolve, reject) => {
    holder.once('error', reject).once('exit', () => reject(new Error(`${command} ended`)));
    holder.stdout.once('data', resolve);
  });
  await ready;
  const { pid } = holder;
  return { holder, into: ['-t', `${pid}`, '-U', '-n', '--preserve-credentials'] };
}

async function plugIn(bridge: Space, each: Space, at: number): Promise<void> {
  const port = portOf(at);
  await run(bridge, `ip link add ${port} type veth peer name eth0 netns ${each.holder.pid}`);
  await run(bridge, `ip link set ${port} master br0 up`);
  await run(each, `ip address add ${hostOf(at)}/24 dev eth0`);
  await run(each, 'ip link set eth0 up');
  await run(each, 'ip link set lo up');
}

async function run({ into }: Space, command: string): Promise<void> {
  await promisify(execFile)('nsenter', [...into, ...command.split(' ')]);
}

async function end(spaces: readonly Space[]): Promise<void> {
  const running = spaces.filter(({ holder }) => holder.exitCode === null);
  await Promise.all(
    running.map(async ({ holder }) => {
      const ended = once(holder, 'exit');
      holder.kill('SIGKILL');
      await ended;
    }),
  );
}

function hostOf(at: number): string {
  return `10.77.0.${at + 1}`;
}

function portOf(at: number): string {
  return `port${at}`;
}
