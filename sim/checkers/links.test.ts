import { describe, expect, it } from 'vitest';
import { LinksChecker } from './links.js';
import { judge, type Line, nodeId, processOn, spawned, world } from './testing/story.js';

const begin = spawned(2);
const [a, b] = [processOn(0), processOn(1)];
const linked: Line = [1, 0, { kind: 'linked', id: a, other: { id: b, nodeId: nodeId(1) } }];
const ended: Line = [5, 1, { kind: 'exited', id: b, reason: 'normal' }];

function told(atMs: number, reason: string): Line {
  return [atMs, 0, { kind: 'exit_received', id: a, from: { id: b, nodeId: nodeId(1) }, reason }];
}

function status(atMs: number, to: string): Line {
  return [atMs, 0, { kind: 'membership', nodeId: nodeId(1), to }];
}

function brokenBy(...lines: readonly Line[]): string | undefined {
  return judge(new LinksChecker(), [...begin, ...lines], 30_000)?.message;
}

describe('S8', () => {
  it('takes an exit that crosses once, and a loss', () => {
    expect(brokenBy(linked, ended, told(6, 'normal'))).toBeUndefined();
    const lost: Line = [6, 0, { kind: 'node_down', nodeId: nodeId(1), incarnation: '1' }];
    expect(brokenBy(linked, status(5, 'down'), lost, told(6, 'noconnection'))).toBeUndefined();
  });

  it('finds an exit that crosses twice, or over no link', () => {
    expect(brokenBy(linked, ended, told(6, 'normal'), told(7, 'normal'))).toMatch(/once more/);
    expect(brokenBy(ended, told(6, 'normal'))).toMatch(/over no link/);
    const cut: Line = [2, 0, { kind: 'unlinked', id: a, other: { id: b } }];
    expect(brokenBy(linked, cut, ended, told(6, 'normal'))).toMatch(/over no link/);
  });

  it('finds an exit of a process that lives, and a loss of a node that is up', () => {
    expect(brokenBy(linked, told(6, 'normal'))).toMatch(/and it lives/);
    expect(brokenBy(linked, status(2, 'up'), told(6, 'noconnection'))).toMatch(/was up/);
  });

  it('finds an exit, and a loss, that nobody was told of', () => {
    expect(brokenBy(linked, status(2, 'up'), ended)).toMatch(/was not told that .* ended at 5 ms/);
    const lost: Line = [6, 0, { kind: 'node_down', nodeId: nodeId(1), incarnation: '1' }];
    expect(brokenBy(linked, lost, status(7, 'connecting'))).toMatch(/was not told that the node/);
  });

  it('expects nothing of links that lose what they carry', () => {
    const loss = world(3, 0xffff, 'datagram', { id: 'x', drop: 0.5 });
    expect(brokenBy(linked, loss, status(4, 'up'), ended)).toBeUndefined();
  });
});
