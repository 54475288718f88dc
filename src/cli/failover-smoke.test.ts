// What becomes of many children when the process that runs them is killed, or stands still.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningNode, RunningNodes } from './testing/running-nodes.js';

let nodes: RunningNodes;
beforeAll(async () => {
  nodes = await RunningNodes.build();
});
afterEach(() => nodes.killAll());
afterAll(() => nodes.end());

interface Trio {
  readonly boss: RunningNode;
  readonly home: RunningNode;
  readonly other: RunningNode;
  /** The id of the node at home. */
  readonly homeId: string;
}

/** A supervisor with the default limits, all of whose children run on one of two other nodes. */
async function trio(children: number, { behavior = 'counter', lossMs = 10_000 } = {}) {
  const env = {
    SMOKE_WORKERS: '2',
    SMOKE_CHILDREN: `${children}`,
    SMOKE_BEHAVIOR: behavior,
    SMOKE_HOME: 'w1',
  };
  const boss = nodes.node('boss', { lossMs, env });
  const seed = await boss.ready();
  const [home, other] = [
    nodes.node('w1', { lossMs, seed }),
    nodes.node('w2', { lossMs, seed }),
  ] as const;
  const homeId = await home.ready();
  await boss.until(1, { event: 'supervising' });
  await home.until(children, { event: 'server_started' });
  const all: Trio = { boss, home, other, homeId };
  return all;
}

describe('children that all run in one process', () => {
  it('come back once each when it is killed, six for one charge, and twice over', async () => {
    const { boss, home, other } = await trio(6);
    home.kill('SIGKILL');
    await boss.until(6, { event: 'child_restarted' });
    await other.until(6, { event: 'server_started' });
    // Twelve restarts, where four charges would end the supervisor.
    other.kill('SIGKILL');
    await boss.until(12, { event: 'child_restarted' });
    await boss.until(6, { event: 'server_started' });
    expect(boss.told({ event: 'node_failure_detected' })).toHaveLength(2);
    expect(boss.told({ event: 'child_restarted' })).toHaveLength(12);
    expect(other.told({ event: 'server_started' })).toHaveLength(6);
    expect(boss.told({ event: 'server_started' })).toHaveLength(6);
    expect(boss.told({ event: 'supervisor_stopped' })).toEqual([]);
  });

  // How soon: `npm run bench -- --suite failover` has the figure.
  it('are all elsewhere, once each and for one charge, a thousand of them', async () => {
    const { boss, home, other } = await trio(1000);
    home.kill('SIGKILL');
    await boss.until(1000, { event: 'child_restarted' });
    await other.until(1000, { event: 'server_started' });
    expect(boss.told({ event: 'node_failure_detected' })).toHaveLength(1);
    expect(boss.told({ event: 'child_restarted' })).toHaveLength(1000);
    expect(boss.told({ event: 'supervisor_stopped' })).toEqual([]);
  });

  it('answer nothing more when it goes on after it was given up, and end', async () => {
    const { boss, home, other, homeId } = await trio(2, { behavior: 'talkative', lossMs: 600 });
    await home.until(10, { event: 'handled' });
    home.kill('SIGSTOP');
    const lost = { event: 'node_down', node: homeId, reason: 'heartbeat_timeout' };
    await Promise.all([boss, other].map((node) => node.until(1, lost)));
    await other.until(2, { event: 'server_started' });
    // The calls of more than half a second wait at its sockets, from before it was given up.
    await boss.until(6, { event: 'unanswered' });
    const handled = home.told({ event: 'handled' }).length;
    home.kill('SIGCONT');
    await home.until(2, { event: 'server_ended' });
    await boss.until(2, { event: 'node_up', node: homeId });
    expect(home.told({ event: 'handled' })).toHaveLength(handled);
    expect(home.told({ event: 'server_started' })).toHaveLength(2);
    await other.until(10, { event: 'handled' });
  });
});
