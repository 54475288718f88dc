import { describe, expect, it } from 'vitest';
import { parseNodeArguments } from './node-arguments.js';
import { NODE_FLAG_GROUPS, NODE_FLAGS } from './node-flags.js';
import { nodeHelpText } from './node-help.js';

const parse = (text: string) => parseNodeArguments(text.split(' ').filter((word) => word !== ''));

describe('the flags of a node', () => {
  it('are read as they are meant', () => {
    const seeds = '--seed a@localhost:4369 --seed b@[::1]:1';
    const tls = '--tls-cert c.pem --tls-key k.pem --tls-ca a.pem';
    const finds = '--dns workers.internal:4370 --bonjour shop';
    const rest = `--heartbeat 250ms --heartbeat-misses 4 ${finds} --drain 1m --json`;
    expect(parse(`--name w1 --port 0 --host ::1 ${seeds} ${tls} ${rest}`)).toEqual({
      kind: 'run',
      flags: {
        name: 'w1',
        host: '::1',
        port: 0,
        seeds: ['a@localhost:4369', 'b@[::1]:1'],
        dns: { host: 'workers.internal', port: 4370 },
        bonjour: 'shop',
        tls: { cert: 'c.pem', key: 'k.pem', ca: 'a.pem' },
        allowUnauthenticated: false,
        heartbeatMs: 250,
        heartbeatMisses: 4,
        drainMs: 60_000,
        json: true,
        quiet: false,
      },
    });
  });

  it('ask for help and version alone, whatever else is there', () => {
    expect(parse('--port x --help')).toEqual({ kind: 'help' });
    expect(parse('--version')).toEqual({ kind: 'version' });
  });

  it.each([
    ['', '--name is missing: a node has a name, such as --name worker1'],
    ['--nmae a', 'unknown flag --nmae: did you mean --name?'],
    ['worker1', 'expected flags only, got worker1'],
    ['--name 1a', '--name expects a letter, then letters'],
    ['--name --json', '--name expects a value (NAME), got --json'],
    ['--name a --json=yes', '--json expects no value, got yes'],
    ['--name a --port 65536', '--port expects a whole number from 0 to 65535, got 65536'],
    ['--name a --port=-1', '--port expects a whole number from 0 to 65535, got -1'],
    ['--name a --seed localhost:1', '--seed expects a node id such as worker1@10.0.0.5:4369'],
    ['--name a --dns workers', '--dns expects a host name and a port'],
    ['--name a --bonjour a.b', '--bonjour expects a letter, then letters, digits'],
    ['--name a --tls-cert c', 'TLS needs --tls-cert and --tls-key, both as files'],
    ['--name a --tls-ca c', 'TLS needs --tls-cert and --tls-key, both as files'],
    ['--name a --secret x --secret-file y', '--secret goes without --secret-file'],
    ['--name a --heartbeat 5h', '--heartbeat expects a time from 10ms to 10m'],
    ['--name a --heartbeat 1ms', '--heartbeat expects a time from 10ms to 10m'],
    ['--name a --drain soon', '--drain expects a time from 0 to 60m'],
    ['--name a --heartbeat-misses 0', '--heartbeat-misses expects a whole number from 1'],
  ])('%j are refused: %s', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  it('are all in the help, in lines that fit', () => {
    const listed = NODE_FLAG_GROUPS.flatMap(({ names }) => names);
    expect([...listed].sort()).toEqual(Object.keys(NODE_FLAGS).sort());
    const lines = nodeHelpText('npx faultline node').split('\n');
    expect(lines.filter((line) => line.length > 100)).toEqual([]);
  });
});
