import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type winston from 'winston';
import { expect, it, onTestFinished, vi } from 'vitest';
import { taskLog } from './log.js';

it('goes on in its file after it was closed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'faultline-log-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'work.log');
  // Winston prints through the console's own stream.
  const print = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  onTestFinished(() => print.mockRestore());
  const log = taskLog(undefined, file);
  log.info('first life');
  log.close();
  log.warn('second life', { worker: 'anna' });
  log.close();
  await vi.waitFor(() => {
    const lines = readFileSync(file, 'utf8').split('\n').slice(0, -1);
    expect(lines.map((line) => line.slice(line.indexOf(' ')))).toEqual([
      ' [INFO]: first life',
      ' [WARN]: second life {"worker":"anna"}',
    ]);
  });
});

it('speaks by the names of the levels, or by log where there are none', () => {
  const said: string[] = [];
  const named = { info: (text: string) => said.push(`info ${text}`) } as unknown as winston.Logger;
  taskLog(named, 'never.log').info('one', { at: 1n });
  const leveled = {
    log: (level: string, text: string) => said.push(`${level} ${text}`),
  } as unknown as winston.Logger;
  taskLog(leveled, 'never.log').error('two');
  expect(said).toEqual(['info one {"at":"1"}', 'error two']);
});
