import { describe, expect, it } from 'vitest';
import { coordinatorHelpText, parseCoordinatorArguments } from './coordinator-arguments.js';
import { COORDINATOR_FLAG_GROUPS, COORDINATOR_FLAGS } from './coordinator-flags.js';
import { parseTaskWorkerArguments, taskWorkerHelpText } from './task-worker-arguments.js';
import { TASK_WORKER_FLAG_GROUPS, TASK_WORKER_FLAGS } from './task-worker-flags.js';

const words = (text: string): string[] => text.split(' ').filter((word) => word !== '');
const coordinator = (text: string) => parseCoordinatorArguments(words(text));
const worker = (text: string) => parseTaskWorkerArguments(words(text));

describe('the flags of a coordinator', () => {
  it('are read as they are meant', () => {
    const where = '--port 4000 --http-port 5000 --store ./tasks --projects ./p';
    expect(coordinator(`${where} --lease 500ms --retries 0 --no-bonjour --json`)).toEqual({
      kind: 'run',
      flags: {
        port: 4000,
        httpPort: 5000,
        store: './tasks',
        projects: './p',
        memory: false,
        bonjour: false,
        leaseMs: 500,
        retriesMax: 0,
        json: true,
        quiet: false,
      },
    });
    expect(coordinator('--port x --help')).toEqual({ kind: 'help' });
    expect(coordinator('--version')).toEqual({ kind: 'version' });
  });

  it.each([
    ['--prot 4000', 'unknown flag --prot: did you mean --port?'],
    ['tasks', 'expected flags only, got tasks'],
    ['--port 70000', '--port expects a whole number from 0 to 65535, got 70000'],
    ['--store', '--store expects a value (FOLDER), got nothing'],
    ['--store a --memory', '--memory goes without --store'],
    ['--port 5000', '--port and --http-port are both 5000: each needs its own'],
    ['--lease 1', undefined],
    ['--lease soon', '--lease expects a time from 100ms to 60m'],
    ['--token a --token-file b', '--token goes without --token-file'],
  ])('%j: %s', (text, message) => {
    if (message === undefined) expect(coordinator(text)).toMatchObject({ kind: 'run' });
    else expect(() => coordinator(text)).toThrow(message);
  });
});

describe('the flags of a task worker', () => {
  it('are read as they are meant', () => {
    const text = '--master http://127.0.0.1:4000 --module ./work.ts --types build,test';
    expect(worker(`${text} --concurrency 4 --timeout 5m`)).toEqual({
      kind: 'run',
      flags: {
        master: 'http://127.0.0.1:4000',
        module: './work.ts',
        types: ['build', 'test'],
        concurrency: 4,
        timeoutMs: 300_000,
        allowCodeExecution: false,
        allowInstallScripts: false,
        json: false,
        quiet: false,
      },
    });
    expect(worker('')).toMatchObject({ flags: { types: ['*'] } });
  });

  it.each([
    ['--master 127.0.0.1:4000', '--master expects a URL such as http://127.0.0.1:4000'],
    ['--types build,,test', '--types expects task types with commas between them'],
    ['--concurrency 0', '--concurrency expects a whole number from 1 to 10000, got 0'],
    ['--conurrency 2', 'did you mean --concurrency?'],
  ])('%j are refused: %s', (text, message) => {
    expect(() => worker(text)).toThrow(message);
  });
});

describe('the help of both', () => {
  it('has every flag, in lines that fit', () => {
    for (const [flags, groups] of [
      [COORDINATOR_FLAGS, COORDINATOR_FLAG_GROUPS],
      [TASK_WORKER_FLAGS, TASK_WORKER_FLAG_GROUPS],
    ] as const) {
      const listed: string[] = groups.flatMap(({ names }) => [...names]);
      expect(listed.sort()).toEqual(Object.keys(flags).sort());
    }
    for (const text of [coordinatorHelpText('npx faultline x'), taskWorkerHelpText('npx x')]) {
      expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
    }
  });
});
