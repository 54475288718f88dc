import { RunningNodes, type RunningNode, freePort } from '../../src/cli/testing/running-nodes.js';
import { bareLossMs } from '../bare/killed-peer.js';
import type { Suite } from '../figure.js';
import { median } from '../median.js';

/**
 * Ten processes that become one cluster, and how soon the others know that one was killed, and that
 * another one stands still.
 */
export const nodesSuite: Suite = async () => {
  const running = await RunningNodes.build();
  const meshes: number[] = [];
  const losses: number[] = [];
  const bare: number[] = [];
  const stops: number[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const nodes = await startTen(running);
      meshes.push(meshMs(nodes));
      const [killed, stopped, ...others] = [...nodes].reverse() as [RunningNode, RunningNode];
      losses.push(await seenMs(killed, 'SIGKILL', [stopped, ...others]));
      stops.push(await seenMs(stopped, 'SIGSTOP', others));
      await running.killAll();
      bare.push(await bareLossMs(9));
    }
  } finally {
    await running.end();
  }
  return [
    {
      path: 'full mesh of ten processes, from the last one that listens: the slowest run',
      value: Math.max(...meshes),
      unit: 'ms',
      goals: [{ of: 'value', below: 2000 }],
      note: allOf(meshes),
    },
    {
      path: 'a killed process, until all nine others know: the median',
      value: median(losses),
      unit: 'ms',
      bare: { path: 'nine processes with a bare connection', value: median(bare) },
      ratio: median(losses.map((value, run) => (bare[run] as number) / value)),
      goals: [{ of: 'value', below: 50 }],
      note: `${allOf(losses)}; bare ${allOf(bare)}`,
    },
    {
      path: `one that stands still for ${LOSS_MS} ms, until all eight know: the slowest run`,
      value: Math.max(...stops),
      unit: 'ms',
      goals: [{ of: 'value', atLeast: LOSS_MS - INTERVAL_MS, below: LOSS_MS + INTERVAL_MS }],
      note: allOf(stops),
    },
  ];
};

async function startTen(running: RunningNodes): Promise<RunningNode[]> {
  const port = await freePort();
  const seed = `n0@localhost:${port}`;
  const ten = Array.from({ length: 10 }, (_, at) => {
    return running.node(`n${at}`, { lossMs: LOSS_MS, ...(at === 0 ? { port } : { seed }) });
  });
  await Promise.all(ten.map((node) => node.until(9, { event: 'node_up' })));
  return ten;
}

function meshMs(ten: readonly RunningNode[]): number {
  const readyMs = Math.max(...ten.map((node) => told(node, { event: 'ready' }, 0)));
  return Math.max(...ten.map((node) => told(node, { event: 'node_up' }, 8))) - readyMs;
}

/** Milliseconds from the signal until the last of the others has written the loss down. */
async function seenMs(
  node: RunningNode,
  signal: 'SIGKILL' | 'SIGSTOP',
  others: readonly RunningNode[],
): Promise<number> {
  const down = { event: 'node_down', node: await node.ready() };
  const sentMs = Date.now();
  node.kill(signal);
  await Promise.all(others.map((other) => other.until(1, down)));
  return Math.max(...others.map((other) => told(other, down, 0))) - sentMs;
}

/** The wall clock of a node at one of its own lines: that of this machine, so of all of them. */
function told(node: RunningNode, fields: Readonly<Record<string, unknown>>, index: number): number {
  return Date.parse(node.told(fields)[index]?.['at'] as string);
}

function allOf(values: readonly number[]): string {
  return `all: ${values.join(' ')}`;
}

const RUNS = 20;
const LOSS_MS = 2500;
// Five of them may be missing.
const INTERVAL_MS = LOSS_MS / 5;
