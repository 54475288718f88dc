// Real processes, real sockets, real signals: what no simulation can vouch for.
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningNode, RunningNodes, freePort, nowMs } from './testing/running-nodes.js';

let nodes: RunningNodes;
beforeAll(async () => {
  nodes = await RunningNodes.build();
});
afterEach(() => nodes.killAll());
afterAll(() => nodes.end());

interface Trio {
  readonly boss: RunningNode;
  readonly workers: readonly [RunningNode, RunningNode];
  /** Their ids, in the same order. */
  readonly ids: readonly [string, string];
  readonly seed: string;
}

/** A supervisor with six children, two on each of three nodes that know each other. */
async function trio({ behavior = 'counter', lossMs = 10_000 } = {}): Promise<Trio> {
  const env = { SMOKE_WORKERS: '2', SMOKE_CHILDREN: `${CHILDREN}`, SMOKE_BEHAVIOR: behavior };
  const boss = nodes.node('boss', { lossMs, env });
  // By host name, where the node calls itself by its address.
  const seed = (await boss.ready()).replace('127.0.0.1', 'localhost');
  const workers = [nodes.node('w1', { lossMs, seed }), nodes.node('w2', { lossMs, seed })] as const;
  const ids = [await workers[0].ready(), await workers[1].ready()] as const;
  await boss.until(1, { event: 'supervising' });
  for (const node of [boss, ...workers]) {
    await node.until(2, { event: 'node_up' });
    await node.until(2, { event: 'server_started' });
  }
  return { boss, workers, ids, seed };
}

/** How many servers run on these nodes, by what they told. */
function running(...on: readonly RunningNode[]): number {
  const count = (event: string): number => on.flatMap((node) => node.told({ event })).length;
  return count('server_started') - count('server_ended');
}

describe('nodes in processes of their own', () => {
  it('see within a second that one was killed, and start its children elsewhere', async () => {
    const { boss, workers, ids } = await trio();
    const [victim, other] = workers;
    const killedMs = nowMs();
    victim.kill('SIGKILL');
    for (const node of [boss, other]) {
      const [down] = await node.until(1, { event: 'node_down', node: ids[0] });
      expect(down?.atMs).toBeLessThan(killedMs + 1000);
    }
    await boss.until(2, { event: 'child_restarted' });
    await Promise.all([boss, other].map((node) => node.until(3, { event: 'server_started' })));
    expect(running(boss, other)).toBe(CHILDREN);
    expect(await victim.ended).toEqual({ code: null, signal: 'SIGKILL' });
  });

  it('end the stale children of one that was stopped for too long and goes on', async () => {
    const { boss, workers, ids } = await trio({ lossMs: 500 });
    const [sleeper, other] = workers;
    sleeper.kill('SIGSTOP');
    const lost = { event: 'node_down', node: ids[0], reason: 'heartbeat_timeout' };
    await Promise.all([boss, other].map((node) => node.until(1, lost)));
    await boss.until(2, { event: 'child_restarted' });
    await Promise.all([boss, other].map((node) => node.until(3, { event: 'server_started' })));
    expect(running(sleeper)).toBe(2);
    sleeper.kill('SIGCONT');
    await sleeper.until(2, { event: 'server_ended' });
    await Promise.all(
      [boss, other].map((node) => node.until(2, { event: 'node_up', node: ids[0] })),
    );
    expect([running(sleeper), running(boss, other)]).toEqual([0, CHILDREN]);
  });

  it('hear that one leaves on SIGTERM, which moves its children and gives code 0', async () => {
    const { boss, workers, ids } = await trio();
    const [leaver, other] = workers;
    leaver.kill('SIGTERM');
    expect(await leaver.ended).toEqual({ code: 0, signal: null });
    expect(leaver.lines.slice(-1)).toMatchObject([{ event: 'left' }]);
    const left = { event: 'node_down', node: ids[0], reason: 'graceful_shutdown' };
    await Promise.all([boss, other].map((node) => node.until(1, left)));
    await boss.until(2, { event: 'child_restarted' });
    await Promise.all([boss, other].map((node) => node.until(3, { event: 'server_started' })));
    expect(running(boss, other)).toBe(CHILDREN);
    // With the node of their supervisor, all children end.
    boss.kill('SIGINT');
    expect(await boss.ended).toEqual({ code: 0, signal: null });
    await other.until(3, { event: 'server_ended' });
    expect(running(other)).toBe(0);
  });

  it('tell one down and one up of a node that is killed and restarted at once', async () => {
    const { boss, workers, ids, seed } = await trio();
    const [victim, other] = workers;
    victim.kill('SIGKILL');
    const port = Number(ids[0].split(':').at(-1));
    const again = nodes.node('w1', { seed, port });
    expect(await again.ready()).toBe(ids[0]);
    await again.until(2, { event: 'node_up' });
    for (const node of [boss, other]) await node.until(2, { event: 'node_up', node: ids[0] });
    again.kill('SIGTERM');
    for (const node of [boss, other]) {
      await node.until(2, { event: 'node_down', node: ids[0] });
      const told = node.told({ node: ids[0] }).filter(({ event }) => event.startsWith('node_'));
      const story = ['node_up', 'node_down', 'node_up', 'node_down'];
      expect(told.map(({ event }) => event)).toEqual(story);
    }
  });

  it('form a full mesh when ten start at once with one seed, and all see one die', async () => {
    const port = await freePort();
    const seed = `n0@localhost:${port}`;
    const ten = Array.from({ length: 10 }, (_, at) => {
      return nodes.node(`n${at}`, at === 0 ? { port } : { seed });
    });
    await Promise.all(ten.map((node) => node.ready()));
    const readyMs = nowMs();
    await Promise.all(ten.map((node) => node.until(9, { event: 'node_up' })));
    expect(nowMs() - readyMs).toBeLessThan(5000);
    expect(ten.flatMap((node) => node.told({ event: 'node_down' }))).toEqual([]);
    const [victim, ...others] = [...ten].reverse() as [RunningNode, ...RunningNode[]];
    const down = { event: 'node_down', node: await victim.ready() };
    const killedMs = nowMs();
    victim.kill('SIGKILL');
    await Promise.all(others.map((node) => node.until(1, down)));
    // Far sooner than silence would tell; `npm run bench -- --suite nodes` has the figure.
    expect(nowMs() - killedMs).toBeLessThan(2000);
  });
});

describe('the command', () => {
  it('ends at once, with 143, on a second SIGTERM while it drains', async () => {
    const { boss } = await trio({ behavior: 'lingering' });
    boss.kill('SIGTERM');
    await boss.until(1, { event: 'draining' });
    boss.kill('SIGTERM');
    expect(await boss.ended).toEqual({ code: 143, signal: null });
  });

  it('says what to do about a port that is taken, with code 1', async () => {
    const first = nodes.node('a');
    const port = Number((await first.ready()).split(':').at(-1));
    const second = nodes.node('b', { port });
    expect(await second.ended).toEqual({ code: 1, signal: null });
    expect(second.lines).toMatchObject([{ event: 'failed', code: 'ERR_LISTEN' }]);
    expect(second.lines[0]?.['message']).toBe(
      `port ${port} is taken; choose another --port, or --port 0 for one that is free`,
    );
  });

  it('says how to load a module in TypeScript that Node cannot load by itself', async () => {
    const source = fileURLToPath(new URL('./testing/smoke-module.ts', import.meta.url));
    const node = nodes.run(['node', '--name', 'a', '--port', '0', '--module', source]);
    expect(await node.ended).toEqual({ code: 1, signal: null });
    expect(node.err).toMatch(/^faultline node: --module: .*NODE_OPTIONS='--import tsx'/);
    expect(node.out).toBe('');
  });

  it('refuses what it does not understand with one line and code 2', async () => {
    const node = nodes.run(['node', '--naem', 'a']);
    expect(await node.ended).toEqual({ code: 2, signal: null });
    expect(node.err).toBe('faultline node: unknown flag --naem: did you mean --name?\n');
  });

  it('keeps out a node that does not know the secret', async () => {
    const first = nodes.node('a');
    const seed = await first.ready();
    const words = ['node', '--json', '--name', 'b', '--port', '0', '--seed', seed];
    const stranger = nodes.run([...words, '--secret', 'guess']);
    await stranger.ready();
    await stranger.until(2, { event: 'log', level: 'warn' });
    expect([first, stranger].flatMap((node) => node.told({ event: 'node_up' }))).toEqual([]);
  });
});

const CHILDREN = 6;
