import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { tokenOf } from './task-token.js';

const folder = mkdtempSync(join(tmpdir(), 'faultline-token-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The path of a file that holds this. */
function file(text: string): string {
  const path = join(folder, 'token');
  writeFileSync(path, text);
  return path;
}

describe('a token', () => {
  it('is what a file holds before its last line break, or the variable', () => {
    expect(tokenOf({ tokenFile: file(' s3 cret\r\n') }, {})).toBe(' s3 cret');
    expect(tokenOf({ token: 'told' }, { FAULTLINE_TOKEN: 'inherited' })).toBe('told');
    expect(tokenOf({}, { FAULTLINE_TOKEN: 'inherited' })).toBe('inherited');
    expect(tokenOf({}, {})).toBeUndefined();
  });

  it.each(['', '\n', '  ', ' \t\r\n', '\n\n'])('is none in a file that holds %j', (text) => {
    expect(() => tokenOf({ tokenFile: file(text) }, {})).toThrow('token is empty');
  });

  it('is none when it is blank', () => {
    expect(() => tokenOf({ token: ' ' }, {})).toThrow('--token is blank');
    expect(tokenOf({}, { FAULTLINE_TOKEN: ' ' })).toBeUndefined();
    expect(tokenOf({}, { FAULTLINE_TOKEN: '' })).toBeUndefined();
  });
});
