import { describe, expect, it } from 'vitest';
import { parseArguments, type RunFlags } from './arguments.js';
import { replayCommand } from './replay.js';
import { editDistance, suggestion } from './suggestion.js';
import { UsageError } from './usage-error.js';

const parsed = (text: string) => parseArguments(text === '' ? [] : text.split(' '));
const flags = (text: string): RunFlags => {
  const command = parsed(text);
  if (command.kind !== 'run') throw new Error(`no run: ${command.kind}`);
  return command.flags;
};

describe('the flags', () => {
  it('have defaults: five nodes, two of them killed, each a thread of its own', () => {
    expect(flags('')).toEqual({
      nodes: 5,
      kill: 2,
      strategy: 'one_for_one',
      selector: 'round_robin',
      lane: 'worker',
      checkDeterminism: false,
      json: false,
      quiet: false,
    });
    expect(flags('--nodes 2').kill).toBe(1);
    expect(flags('--nodes 1').kill).toBe(0);
  });

  it('are read with their values, and the last of several counts', () => {
    const all =
      '--nodes 7 --kill 6 --seed -3 --children 9 --strategy rest_for_one --selector random ' +
      '--duration 1.5m --lane both --check-determinism --json --quiet --seed=4';
    expect(flags(all)).toEqual({
      nodes: 7,
      kill: 6,
      seed: 4,
      children: 9,
      strategy: 'rest_for_one',
      selector: 'random',
      durationMs: 90_000,
      lane: 'both',
      checkDeterminism: true,
      json: true,
      quiet: true,
    });
  });

  it.each([
    ['45', 45_000],
    ['45s', 45_000],
    ['1500ms', 1500],
    ['2m', 120_000],
  ])('take %s for a duration', (text, durationMs) => {
    expect(flags(`--duration ${text}`).durationMs).toBe(durationMs);
  });

  it('ask for help or the version, whatever else stands there', () => {
    expect(parsed('--nodes 0 --help')).toEqual({ kind: 'help' });
    expect(parsed('--version')).toEqual({ kind: 'version' });
  });
});

describe('bad input', () => {
  it.each([
    ['--node 5', 'unknown flag --node: did you mean --nodes?'],
    ['--sede=5', 'unknown flag --sede: did you mean --seed?'],
    ['--colour', 'unknown flag --colour: expected one that --help lists'],
    ['-x', 'unknown flag -x: expected one that --help lists'],
    ['--constructor', 'unknown flag --constructor: expected one that --help lists'],
    ['--nodes 0', '--nodes expects a whole number from 1 to 200, got 0'],
    ['--nodes 1e2', '--nodes expects a whole number from 1 to 200, got 1e2'],
    ['--nodes', '--nodes expects a value (N), got nothing'],
    ['--nodes --kill 2', '--nodes expects a value (N), got --kill'],
    ['--kill 5', '--kill expects a whole number below --nodes, which is 5, got 5'],
    ['--kill -1', '--kill expects a whole number from 0 on, got -1'],
    ['--nodes 1 --kill 1', '--kill expects a whole number below --nodes, which is 1, got 1'],
    ['--seed 1.5', '--seed expects a whole number, got 1.5'],
    ['--seed x', '--seed expects a whole number, got x'],
    ['--seed=', '--seed expects a whole number, got nothing'],
    [
      `--seed ${'9'.repeat(20)}`,
      `--seed expects a whole number below 2 ** 53, got ${'9'.repeat(20)}`,
    ],
    ['--children 0', '--children expects a whole number from 1 to 10000, got 0'],
    [
      '--strategy one_for_al',
      '--strategy expects one_for_one, one_for_all or rest_for_one, got one_for_al; ' +
        'did you mean one_for_all?',
    ],
    [
      '--strategy simple_one_for_one',
      '--strategy expects one_for_one, one_for_all or rest_for_one ' +
        '(simple_one_for_one starts without children), got simple_one_for_one',
    ],
    [
      '--selector last',
      '--selector expects local_first, round_robin, least_loaded or random, got last',
    ],
    ['--lane thread', '--lane expects worker, inproc or both, got thread'],
    ['--duration -5', '--duration expects virtual time from 1s to 60m, such as 45s, got -5'],
    ['--duration 500ms', '--duration expects virtual time from 1s to 60m, such as 45s, got 500ms'],
    ['--json=yes', '--json expects no value, got yes'],
    ['run', 'expected flags only, got run'],
    ['-- run', 'expected flags only, got run'],
  ])('%s is refused: %s', (text, message) => {
    expect(() => parsed(text)).toThrow(new UsageError(message));
  });

  it('is shown in one line, however it looks', () => {
    expect(() => parseArguments(['--seed', `a\nb\u001b[31m${'c'.repeat(99)}`])).toThrow(
      /^--seed expects a whole number, got a b \[31mc+\.\.\.$/,
    );
  });
});

describe('a suggestion', () => {
  it('is the nearest name, and none when every name is far', () => {
    expect(suggestion('kil', ['kill', 'nodes'])).toBe('kill');
    expect(suggestion('lnae', ['lane', 'json'])).toBe('lane');
    expect(suggestion('fault', ['lane', 'json'])).toBeUndefined();
  });

  it('counts a swap of neighbours as one mistake', () => {
    expect(editDistance('seed', 'sede')).toBe(1);
    expect(editDistance('', 'seed')).toBe(4);
    expect(editDistance('nodes', 'node')).toBe(1);
  });
});

describe('the replay', () => {
  it('names the cluster and the seed, and what differs from the defaults', () => {
    expect(replayCommand('npm run sim --', flags(''), 7)).toBe(
      'npm run sim -- --nodes 5 --kill 2 --seed 7',
    );
  });

  it('means the same run when it is read again', () => {
    const all =
      '--nodes 7 --kill 6 --seed 4 --children 9 --strategy rest_for_one --selector random ' +
      '--duration 1.5m --lane both --check-determinism';
    const again = replayCommand('', flags(all), 4).trim();
    expect(flags(again)).toEqual(flags(all));
  });
});
