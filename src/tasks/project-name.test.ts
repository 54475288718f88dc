import { describe, expect, it } from 'vitest';
import { checkProjectName, checkProjectPath, ProjectNameError } from './project-name.js';

describe('the name of a project', () => {
  it.each(['shop', 'Shop-2', 'a.b_c', '7zip', '_tools', '__a'])('may be %s', (name) => {
    expect(checkProjectName(name)).toBe(name);
  });

  it.each([
    ...[
      '../secret',
      '..',
      '.',
      '.git',
      '-rf',
      '_/..',
      '/etc',
      'a/b',
      'a\\b',
      'C:',
      'a..b',
      'a.',
      '',
    ],
    ...['con', 'NUL.txt', 'a b', 'a\0b', 'ä', 'a'.repeat(65), undefined, 7, {}],
  ])('may not be %j', (name) => {
    expect(() => checkProjectName(name)).toThrow(ProjectNameError);
    expect(() => checkProjectName(name)).toThrow('Expected projectName to be a name and no path');
  });
});

describe('the path of a file', () => {
  it.each(['index.ts', 'src/a b/ä.json', '.npmrc', 'a..b/c'])('may be %s', (path) => {
    expect(checkProjectPath(path)).toBe(path);
  });

  it.each([
    ...['../a', 'a/../../b', '/etc/passwd', 'C:/a', 'a\\..\\b', './a', 'a//b', 'a/', '', 'a\0'],
    ...['__proto__', 'a/b.', 'a/b ', 'a:stream', `${'a/'.repeat(300)}b`, undefined],
  ])('may not be %j', (path) => {
    expect(() => checkProjectPath(path)).toThrow(ProjectNameError);
  });
});
