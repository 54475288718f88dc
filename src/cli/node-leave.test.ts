// How real processes leave, stand still and come back.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunningNode, RunningNodes, nowMs } from './testing/running-nodes.js';

let nodes: RunningNodes;
beforeAll(async () => {
  nodes = await RunningNodes.build();
});
afterEach(() => nodes.killAll());
afterAll(() => nodes.end());

/** What a node told of another one, in order. */
function story(node: RunningNode, of: string): (readonly unknown[])[] {
  const told = node.told({ node: of }).filter(({ event }) => event.startsWith('node_'));
  return told.map(({ event, reason }) => (reason === undefined ? [event] : [event, reason]));
}

describe('a node that is told to leave', () => {
  it('ends what its module started, the last first, and leaves after that', async () => {
    const stays = nodes.node('stays');
    const seed = await stays.ready();
    const leaver = nodes.node('leaver', { seed, env: { SMOKE_LOCAL: 'store,web' } });
    const id = await leaver.ready();
    await leaver.until(1, { event: 'local_started' });
    await stays.until(1, { event: 'node_up', node: id });
    leaver.kill('SIGTERM');
    expect(await leaver.ended).toEqual({ code: 0, signal: null });
    const ends = leaver.told({ event: 'local_ended' }).map(({ name }) => name);
    expect(ends).toEqual(['web.b', 'web.a', 'store.b', 'store.a']);
    const order = leaver.lines.map(({ event }) => event).filter((event) => MILESTONES.has(event));
    expect(order).toEqual(['draining', ...ends.map(() => 'local_ended'), 'left']);
    await stays.until(1, { event: 'node_down', node: id });
    expect(story(stays, id)).toEqual([['node_up'], ['node_down', 'graceful_shutdown']]);
  });

  it('kills what takes longer than it may, says so, and leaves all the same', async () => {
    const stays = nodes.node('stays');
    const seed = await stays.ready();
    const env = { SMOKE_LOCAL: 'store,-slow' };
    const leaver = nodes.node('leaver', { seed, drainMs: 400, env });
    const id = await leaver.ready();
    await leaver.until(1, { event: 'local_started' });
    await stays.until(1, { event: 'node_up', node: id });
    leaver.kill('SIGTERM');
    expect(await leaver.ended).toEqual({ code: 0, signal: null });
    const [warning] = leaver.told({ event: 'log', level: 'warn' });
    expect(warning?.['message']).toBe('killed what did not end in time');
    const [down] = await stays.until(1, { event: 'node_down', node: id });
    expect(down?.['reason']).toBe('graceful_shutdown');
  });

  it('does not wait longer for the children that it supervises on other nodes', async () => {
    const env = { SMOKE_WORKERS: '1', SMOKE_CHILDREN: '4', SMOKE_BEHAVIOR: 'lingering' };
    const boss = nodes.node('boss', { drainMs: 400, env });
    const worker = nodes.node('worker', { seed: await boss.ready() });
    await boss.until(1, { event: 'supervising' });
    boss.kill('SIGTERM');
    expect(await boss.ended).toEqual({ code: 0, signal: null });
    expect(boss.lines.at(-1)).toMatchObject({ event: 'left' });
    const [down] = await worker.until(1, { event: 'node_down' });
    expect(down?.['reason']).toBe('graceful_shutdown');
  });
});

describe('a node that stands still', () => {
  it('is lost after as many heartbeats as may be missing, and joins again later', async () => {
    const lossMs = 1000;
    const intervalMs = lossMs / 5;
    const other = nodes.node('other', { lossMs });
    const sleeper = nodes.node('sleeper', { lossMs, seed: await other.ready() });
    const id = await sleeper.ready();
    await other.until(1, { event: 'node_up', node: id });
    const stoppedMs = nowMs();
    sleeper.kill('SIGSTOP');
    const [down] = await other.until(1, { event: 'node_down', node: id });
    const silentMs = (down?.atMs ?? 0) - stoppedMs;
    // The last heartbeat came up to an interval before; a busy machine may add to the rest, and
    // `npm run bench -- --suite nodes` has the figure.
    expect(silentMs).toBeGreaterThan(lossMs - 2 * intervalMs);
    expect(silentMs).toBeLessThan(5 * lossMs);
    sleeper.kill('SIGCONT');
    await other.until(2, { event: 'node_up', node: id });
    const lost = ['node_down', 'heartbeat_timeout'];
    expect(story(other, id)).toEqual([['node_up'], lost, ['node_up']]);
    // It blames nobody for its own silence.
    expect(sleeper.told({ reason: 'heartbeat_timeout' })).toEqual([]);
  });

  it('is not lost when it goes on in time', async () => {
    const other = nodes.node('other', { lossMs: 15_000 });
    const sleeper = nodes.node('sleeper', { lossMs: 15_000, seed: await other.ready() });
    const id = await sleeper.ready();
    await other.until(1, { event: 'node_up', node: id });
    sleeper.kill('SIGSTOP');
    // Until a third node is up: longer than a heartbeat takes, and shorter than the loss.
    const third = nodes.node('third', { lossMs: 15_000, seed: await other.ready() });
    await third.until(1, { event: 'node_up' });
    sleeper.kill('SIGCONT');
    await third.until(1, { event: 'node_up', node: id });
    expect(story(other, id)).toEqual([['node_up']]);
    expect(sleeper.told({ event: 'node_down' })).toEqual([]);
  });
});

const MILESTONES: ReadonlySet<string> = new Set(['draining', 'local_ended', 'left']);
