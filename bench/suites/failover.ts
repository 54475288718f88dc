import {
  type NodeLine,
  type RunningNode,
  RunningNodes,
} from '../../src/cli/testing/running-nodes.js';
import type { Suite } from '../figure.js';
import { median } from '../median.js';

/**
 * Three processes, and all children of a supervisor in one of them, which is killed: how soon they
 * run elsewhere. The times are those at which this process reads what the supervisor's tells.
 */
export const failoverSuite: Suite = async () => {
  const running = await RunningNodes.build();
  const noticed: number[] = [];
  const restarted: number[] = [];
  try {
    for (let run = 0; run < RUNS; run++) {
      const { killedMs, downMs, backMs } = await failOver(running);
      noticed.push(downMs - killedMs);
      restarted.push(backMs - downMs);
      await running.killAll();
    }
  } finally {
    await running.end();
  }
  return [
    {
      path: 'a killed process with 1,000 children, until its supervisor knows: the median',
      value: median(noticed),
      unit: 'ms',
      note: allOf(noticed),
    },
    {
      path: '1,000 children of a killed process, from then until all run again: the slowest run',
      value: Math.max(...restarted),
      unit: 'ms',
      goals: [{ of: 'value', below: 1000 }],
      note: allOf(restarted),
    },
  ];
};

async function failOver(running: RunningNodes) {
  const env = { SMOKE_WORKERS: '2', SMOKE_CHILDREN: `${CHILDREN}`, SMOKE_HOME: 'w1' };
  const boss = running.node('boss', { env });
  const seed = await boss.ready();
  const [home, other] = [running.node('w1', { seed }), running.node('w2', { seed })] as const;
  const down = { event: 'node_down', node: await home.ready() };
  await Promise.all([boss.until(1, { event: 'supervising' }), other.ready()]);
  const killedMs = performance.now();
  home.kill('SIGKILL');
  const noticed = await boss.until(1, down);
  const back = await boss.until(CHILDREN, { event: 'child_restarted' });
  await other.until(CHILDREN, { event: 'server_started' });
  return { killedMs, downMs: readMs(noticed), backMs: Math.max(readMs(back), lastStartMs(other)) };
}

function lastStartMs(node: RunningNode): number {
  return readMs(node.told({ event: 'server_started' }));
}

function readMs(lines: readonly NodeLine[]): number {
  return lines.at(-1)?.atMs ?? NaN;
}

function allOf(values: readonly number[]): string {
  return `all: ${values.map((value) => value.toFixed(0)).join(' ')}`;
}

const RUNS = 10;
const CHILDREN = 1000;
