import { type Deferred, deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import { BehaviorRegistry, Cluster } from '../index.js';
import { createNodePlatform } from '../platform/node-platform.js';
import { ListenError } from '../platform/transport.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import { END_TIMEOUT_MS, endInOrder } from '../threads/orderly-end.js';
import type { CommandProcess } from './command-process.js';
import { type NodeRunFlags, parseNodeArguments } from './node-arguments.js';
import { nodeHelpText } from './node-help.js';
import { NodeJournal } from './node-journal.js';
import { loadNodeModule, type NodeModule } from './node-module.js';
import { clusterOptionsOf } from './node-options.js';
import { NodeUsageError } from './node-usage-error.js';

export type NodeCommandOptions = CommandProcess;

/** Exit codes of the command, but for those of a second signal. */
export const NODE_EXIT = { left: 0, failed: 1, usage: 2 } as const;

/** The whole command: runs the node until it has left, and gives the exit code. Never rejects. */
export async function nodeCommand(
  args: readonly string[],
  options: NodeCommandOptions,
): Promise<number> {
  try {
    const asked = parseNodeArguments(args);
    if (asked.kind === 'run') return await runNode(asked.flags, options);
    const text = asked.kind === 'help' ? nodeHelpText(options.command) : `${options.version}\n`;
    options.stdout.write(text);
    return NODE_EXIT.left;
  } catch (error) {
    const isUsage = error instanceof NodeUsageError;
    const { message, stack = message } = toError(error);
    options.stderr.write(`faultline node: ${isUsage ? message : stack}\n`);
    return isUsage ? NODE_EXIT.usage : NODE_EXIT.failed;
  }
}

/** Why a node ends: it was told to, its `setup` failed, or its module called `Cluster.stop`. */
type End =
  | { readonly kind: 'told'; readonly because: string }
  | { readonly kind: 'failed'; readonly error: Error }
  | { readonly kind: 'stopped' };

async function runNode(flags: NodeRunFlags, options: NodeCommandOptions): Promise<number> {
  const journal: NodeJournal = new NodeJournal({
    ...options,
    ...flags,
    wallMs: () => platform.clock.wallMs(),
  });
  const platform = createNodePlatform({ log: journal });
  // Before the module is loaded: what it calls belongs to this node.
  const runtime = new Runtime(platform);
  setCurrentRuntime(runtime);
  const end = deferred<End>();
  options.onEnd((because) => end.resolve({ kind: 'told', because }), platform.clock);
  try {
    await startNode(flags, { options, journal, end });
  } catch (error) {
    return fail(journal, toError(error));
  }
  const why = await end.promise;
  if (why.kind === 'told') journal.tell({ event: 'draining', because: why.because });
  await endInOrder(runtime, { timeoutMs: flags.drainMs ?? END_TIMEOUT_MS });
  if (why.kind === 'failed') return fail(journal, why.error);
  journal.tell({ event: 'left' });
  return NODE_EXIT.left;
}

interface NodeStart {
  readonly options: NodeCommandOptions;
  readonly journal: NodeJournal;
  readonly end: Deferred<End>;
}

async function startNode(flags: NodeRunFlags, { options, journal, end }: NodeStart): Promise<void> {
  const clusterOptions = clusterOptionsOf(flags, options.env);
  const loaded = flags.module === undefined ? undefined : await loadNodeModule(flags.module);
  // Others may ask for them as soon as they know this node.
  for (const [name, behavior] of Object.entries(loaded?.behaviors ?? {})) {
    BehaviorRegistry.register(name, behavior as never);
  }
  Cluster.onNodeUp(({ id }) => journal.tell({ event: 'node_up', node: id }));
  Cluster.onNodeDown((node, reason) => journal.tell({ event: 'node_down', node, reason }));
  Cluster.onStatusChange((status) => {
    if (status === 'running') tellReady(journal);
    if (status === 'stopped') end.resolve({ kind: 'stopped' });
  });
  await Cluster.start(clusterOptions);
  void setUp(loaded, end);
}

function tellReady(journal: NodeJournal): void {
  journal.tell({ event: 'ready', node: Cluster.getLocalNodeId(), pid: process.pid });
}

// It may take as long as it likes, and wait for other nodes; the node runs meanwhile.
async function setUp(loaded: NodeModule | undefined, end: Deferred<End>): Promise<void> {
  try {
    await loaded?.setup?.();
  } catch (error) {
    end.resolve({ kind: 'failed', error: toError(error) });
  }
}

function fail(journal: NodeJournal, error: Error): number {
  const { code } = error as NodeJS.ErrnoException;
  const message = advice(error);
  journal.tell({ event: 'failed', ...(code === undefined ? {} : { code }), message });
  return NODE_EXIT.failed;
}

/** The message of an error, in the words of the command where those of the options differ. */
function advice(error: Error): string {
  if (!(error instanceof ListenError)) return error.message;
  const { address } = error;
  const port = address.slice(address.lastIndexOf(':') + 1);
  switch (systemCode(error)) {
    case 'EADDRINUSE':
      return `port ${port} is taken; choose another --port, or --port 0 for one that is free`;
    case 'EACCES':
      return `port ${port} is not for this user; choose a --port from 1024 on`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return (
        `${address} is no address of this machine; --host says where to listen, and ` +
        '--advertise-host what others dial'
      );
    default:
      return error.message;
  }
}

function systemCode(error: unknown): string | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    const { code } = at as NodeJS.ErrnoException;
    if (code !== undefined && /^E[A-Z]+$/.test(code)) return code;
  }
  return undefined;
}
