import { describe, expect, it } from 'vitest';
import { parseArguments, type RunFlags } from './arguments.js';
import { replayCommand, searchCommand } from './replay.js';
import { editDistance, suggestion } from './suggestion.js';
import { UsageError } from './usage-error.js';

const parsed = (text: string) => parseArguments(text === '' ? [] : text.split(' '));
const flags = (text: string): RunFlags => {
  const command = parsed(text);
  if (!('flags' in command) || command.kind === 'replay')
    throw new Error(`no run: ${command.kind}`);
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
      shrink: false,
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
      shrink: false,
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

  it('say what befalls the cluster, in words that read well', () => {
    const all =
      '--scenario bridge --faults kill,one-way,loss,kill --partition 3 --heartbeat-loss 30% ' +
      '--latency 0.5-20ms --restart --order priorities';
    expect(flags(all)).toMatchObject({
      scenario: 'bridge',
      faults: ['crash', 'one-way', 'frame-loss'],
      cutOff: 3,
      heartbeatLoss: 0.3,
      latencyMs: { min: 0.5, max: 20 },
      restart: true,
      order: 'priorities',
    });
    expect(flags('--latency 5').latencyMs).toEqual({ min: 5, max: 5 });
    expect(flags('--faults swarm').faults).toBe('swarm');
  });

  it('kill nobody beside other faults, unless it is asked for', () => {
    expect(flags('--faults swarm').kill).toBe(0);
    expect(flags('--partition 1').kill).toBe(0);
    expect(flags('--partition 1 --kill 2').kill).toBe(2);
    expect(flags('--scenario kill').kill).toBe(2);
    expect(flags('--restart').kill).toBe(2);
  });

  it('ask for a search, which is made in one thread for each run', () => {
    const searching = flags('--runs 20 --jobs 2 --budget 90s,failure');
    expect(searching.lane).toBe('inproc');
    expect(searching.search).toEqual({ runs: 20, jobs: 2, budgetMs: 90_000, untilFailure: true });
    expect(flags('--budget 2m').search).toEqual({ budgetMs: 120_000, untilFailure: false });
    expect(flags('--runs 3 --lane both').lane).toBe('both');
  });

  it('ask for a replay, which has no flags but those of its output', () => {
    expect(parsed('--replay a.json --lane inproc --json')).toEqual({
      kind: 'replay',
      path: 'a.json',
      flags: { lane: 'inproc', checkDeterminism: false, json: true, quiet: false },
    });
    expect(parsed('--scenario list')).toEqual({ kind: 'scenarios' });
    expect(flags('--trace a/b.html').trace).toEqual({ path: 'a/b.html', format: 'html' });
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
    [
      '--faults crsh',
      '--faults expects swarm, or kinds that --help lists, got crsh; did you mean crash?',
    ],
    ['--faults swarm,crash', '--faults swarm draws the kinds itself; leave the other kinds out'],
    [
      '--heartbeat-loss 2',
      '--heartbeat-loss expects a share from 0 to 1, such as 0.3 or 30%, got 2',
    ],
    [
      '--latency 5-1',
      '--latency expects milliseconds up to 10000, such as 0.2-5, the smaller number first, ' +
        'got 5-1',
    ],
    [
      '--budget soon',
      '--budget expects real time from 1s on, such as 90s or 10m, or failure, got soon',
    ],
    ['--budget failure', '--budget failure alone may never end: add --runs, or a time to it'],
    [
      '--trace a.png',
      '--trace expects a file name that ends in .html, .ndjson or .shiviz, got a.png',
    ],
    ['--jobs 2', '--jobs spreads many runs over the cores: say how many with --runs'],
    [
      '--runs 5 --jobs 2 --lane worker',
      '--jobs needs --lane inproc, where a run is one thread: leave --jobs out, or --lane and ' +
        '--check-determinism',
    ],
    [
      '--runs 5 --trace a.html',
      '--trace goes without --runs: it draws one run; give it the --seed of one',
    ],
    [
      '--replay a.json --kill 2',
      '--replay goes without --kill: the file says everything about its run',
    ],
    ['--nodes 1 --partition 1', '--partition needs two nodes or more: raise --nodes'],
    ['--kill 0 --restart', '--restart brings back nodes that were killed: raise --kill'],
    [
      '--replay a.json --exclusive',
      '--replay goes without --exclusive: the file says everything about its run',
    ],
    [
      '--exclusive --kill 3',
      '--exclusive expects most of the nodes to be left, to agree on who may go on: at most ' +
        '2 of 5 can be killed for good, got --kill 3; lower --kill, or add --restart',
    ],
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
      '--duration 1.5m --lane both --check-determinism --scenario bridge --faults crash,pause ' +
      '--partition 2 --heartbeat-loss 0.25 --latency 1-2 --restart --order priorities ' +
      '--until-event 9 --plant casts-swapped';
    const again = replayCommand('', flags(all), 4).trim();
    expect(flags(again)).toEqual(flags(all));
  });

  it('of a search is the search, and of a seed in it the run alone', () => {
    const searching = flags('--runs 20 --jobs 2 --budget 90s,failure --faults swarm');
    const whole = searchCommand('', searching, 7).trim();
    expect({ ...searching.search, ...flags(whole).search }).toEqual(searching.search);
    expect(replayCommand('sim', searching, 9)).toBe(
      'sim --nodes 5 --kill 0 --seed 9 --faults swarm --lane inproc',
    );
  });
});
