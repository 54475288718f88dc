import { Cluster, type ClusterOptions, GlobalRegistry } from '../index.js';

/** Joins a cluster of examples and tells of every node that comes and goes. */
export async function joinCluster(
  options: Pick<ClusterOptions, 'nodeName' | 'port' | 'seeds'>,
  show: (line: string) => void,
): Promise<void> {
  Cluster.onNodeUp(({ id }) => show(`[CLUSTER] Node joined: ${id}`));
  Cluster.onNodeDown((id, reason) => show(`[CLUSTER] Node left: ${id} (${reason})`));
  await Cluster.start({ ...options, heartbeatIntervalMs: 3000, heartbeatMissThreshold: 2 });
}

/**
 * Tells, on a node that has joined, when a name of it goes to another node: both had given it away
 * before they met, and one of the two had to give it up.
 */
export function tellOfLoss(
  { name, means }: { readonly name: string; readonly means: string },
  show: (line: string) => void,
): void {
  GlobalRegistry.on('conflictResolved', (lost, { nodeId }, loser) => {
    if (lost !== name || loser.nodeId !== Cluster.getLocalNodeId()) return;
    show(`[CLUSTER] ${name} is that of ${nodeId ?? 'another node'} from now on: ${means}`);
  });
}

/** A port from the command line; throws an error that says what was expected. */
export function portOf(word: string | undefined, fallback: number): number {
  if (word === undefined) return fallback;
  const port = Number(word);
  if (/^\d+$/.test(word) && port <= 65_535) return port;
  throw new Error(`expected a port from 0 to 65535, got ${word}`);
}

/**
 * Runs a program to its end, which ends the process: with 0, or with 1 and the message of what it
 * threw on standard error.
 */
export async function runProgram(name: string, program: () => Promise<void>): Promise<never> {
  try {
    await program();
  } catch (error) {
    process.stderr.write(`${name}: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(1);
  }
  process.exit(0);
}
