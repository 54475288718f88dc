import { describe, expect, it } from 'vitest';
import { decodeFile, encodeFile } from './project-encoding.js';

const bytes = (...values: readonly number[]): Buffer => Buffer.from(values);
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('a file in a task', () => {
  const contents: readonly (readonly [string, Buffer])[] = [
    ['text', Buffer.from('const a = "ä";\n')],
    ['nothing', bytes()],
    ['bytes', bytes(0, 255, 128, 10)],
    ['four letters', Buffer.from('abcd')],
    ['base64 as its text', Buffer.from(base64('a picture'))],
    ['a data: URL as its text', Buffer.from(`data:application/octet-stream;base64,${base64('a')}`)],
    ['a byte order mark', Buffer.from('\uFEFFtext')],
    ['half a character', Buffer.from('ä').subarray(0, 1)],
  ];
  const names = [
    'a.ts',
    'logo.png',
    'a.svg',
    'raw.bin',
    'what.ever',
    'LICENSE',
    '.npmrc',
    'x/a.txt',
  ];

  it.each(contents)('comes as it went, whatever its name, with %s', (_what, content) => {
    for (const name of names) {
      const encoded = JSON.parse(JSON.stringify(encodeFile(name, content))) as string;
      expect([name, decodeFile(name, encoded)]).toEqual([name, content]);
    }
  });

  it.each([
    ['logo.png', bytes(137, 80, 255), 'iVD/'],
    ['raw.bin', bytes(0, 255, 254), 'AP/+'],
    ['what.ever', bytes(0, 255, 254), 'AP/+'],
    ['a.svg', Buffer.from('<svg/>'), '<svg/>'],
    ['what.ever', Buffer.from('words'), 'words'],
    ['latin.txt', bytes(228), 'data:application/octet-stream;base64,5A=='],
  ])('goes as others read it, when they can: %s', (name, content, encoded) => {
    expect(encodeFile(name, content)).toBe(encoded);
  });

  it.each([
    ['a.svg', '<svg id="1"/>'],
    ['a.svg', 'abcd'],
    ['index.js', base64('console.log(1)')],
    ['VERSION', 'abcd'],
    ['.env.local', 'A=BC'],
    ['logo.png', 'version https://git-lfs.github.com/spec/v1\n'],
    ['what.ever', 'no base64'],
  ])('of others is text when it is named so, or is no base64: %s with %j', (name, text) => {
    expect(decodeFile(name, text).toString('utf8')).toBe(text);
  });

  it.each([
    ['logo.PNG', 'AP/+'],
    ['logo.png', 'AP\r\n/+\n'],
    ['what.ever', 'AP/+'],
  ])('of others is base64 when its name allows it: %s with %j', (name, text) => {
    expect(decodeFile(name, text)).toEqual(bytes(0, 255, 254));
  });
});
