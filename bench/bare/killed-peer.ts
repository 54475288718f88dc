import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { freePort } from '../../src/cli/testing/running-nodes.js';

/**
 * Milliseconds until all of `count` processes know that one was killed to which each had a
 * connection and nothing else: the connection closes, and the next one is refused.
 */
export async function bareLossMs(count: number): Promise<number> {
  const port = await freePort();
  const victim = role('victim', port);
  await victim.next();
  const peers = Array.from({ length: count }, () => role('peer', port));
  try {
    await Promise.all(peers.map((peer) => peer.next()));
    const killedMs = Date.now();
    victim.child.kill('SIGKILL');
    const seen = await Promise.all(peers.map((peer) => peer.next()));
    return Math.max(...seen.map(Number)) - killedMs;
  } finally {
    const ends = peers.map(({ child }) => once(child, 'exit'));
    for (const { child } of peers) child.kill('SIGKILL');
    await Promise.all(ends);
  }
}

interface Role {
  readonly child: ChildProcess;
  /** The next line that it prints. */
  next(): Promise<string>;
}

function role(name: 'victim' | 'peer', port: number): Role {
  const child = spawn(process.execPath, ['--eval', PROGRAM, name, `${port}`], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  return { child, next: async () => String((await lines.next()).value) };
}

// Who loses its connection asks whether anybody is there, as often as somebody lets it in.
const PROGRAM = `
const { connect, createServer } = require('node:net');
const [name, port] = process.argv.slice(1);
process.stdin.on('end', () => process.exit()).resume();
const at = { port: Number(port), host: '127.0.0.1' };
const ignore = () => undefined;
const ask = () => {
  const socket = connect(at);
  let isRefused = false;
  socket.on('error', ({ code }) => { isRefused = code === 'ECONNREFUSED'; });
  socket.on('close', () => isRefused ? console.log(Date.now()) : ask());
  socket.resume();
};
if (name === 'victim') {
  const server = createServer((socket) => socket.on('error', ignore).resume());
  server.listen(at, () => console.log('ready'));
} else {
  const socket = connect(at, () => console.log('ready'));
  socket.on('error', ignore).on('close', ask).resume();
}
`;
