import { existsSync, lstatSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { link, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Project } from './project-files.js';
import { ProjectFolders } from './project-folder.js';
import { InstallError } from './project-install.js';
import { jsonObject } from './project-json.js';
import { ProjectNameError } from './project-name.js';
import { ProjectSourceError, readProject } from './project-source.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'faultline-project-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const { timers } = createNodePlatform();
const folders = (): ProjectFolders => new ProjectFolders({ workingDirectory: folder, timers });
const hello: Project = { entryPoint: 'src/main.js', files: { 'src/main.js': 'hello' } };
const kept = (): string[] => readdirSync(join(folder, 'projects'));

describe('a shipped project', () => {
  it('is on disk as it was read, bytes and all', async () => {
    const source = join(folder, 'source', 'shop');
    await mkdir(join(source, 'src'), { recursive: true });
    await mkdir(join(source, 'node_modules', 'left-out'), { recursive: true });
    const bytes = Buffer.from([0, 255, 128, 10]);
    await writeFile(join(source, 'data.bin'), bytes);
    await writeFile(join(source, 'logo.png'), bytes);
    await writeFile(join(source, 'src', 'main.ts'), 'export default () => "ä";\n');
    await writeFile(join(source, 'package.json'), '{ "main": "./src/main.ts" }');
    const project = await readProject(join(folder, 'source'), 'shop');
    expect(project.entryPoint).toBe('src/main.ts');
    const ready = await folders().prepare('shop', JSON.parse(JSON.stringify(project)) as Project);
    expect(readFileSync(join(ready.path, 'data.bin'))).toEqual(bytes);
    expect(readFileSync(join(ready.path, 'logo.png'))).toEqual(bytes);
    expect(readFileSync(join(ready.path, 'src/main.ts'), 'utf8')).toContain('"ä"');
    expect(existsSync(join(ready.path, 'node_modules'))).toBe(false);
  });

  it('is used again as long as its name and its files are the same', async () => {
    const [first, beside] = await Promise.all([
      folders().prepare('a', hello),
      folders().prepare('a', hello),
    ]);
    expect(beside.path).toBe(first.path);
    expect(await folders().prepare('a', hello)).toEqual({ ...first, isReused: true });
    const changed = { ...hello, files: { 'src/main.js': 'other' } };
    expect((await folders().prepare('a', changed)).path).not.toBe(first.path);
    expect((await folders().prepare('b', hello)).path).not.toBe(first.path);
    expect(kept()).toHaveLength(3);
  });

  it('never shares a folder with one whose name differs in case alone', async () => {
    await folders().prepare('shop', hello);
    expect((await folders().prepare('Shop', hello)).isReused).toBe(false);
    expect(new Set(kept().map((name) => name.toLowerCase())).size).toBe(2);
  });

  it.each<[string, Partial<Project>]>([
    ['a path that leads out', { files: { '../a.js': '' }, entryPoint: '../a.js' }],
    ['an absolute path', { files: { ...hello.files, '/etc/cron.d/a': '' } }],
    ['an entry point that is not there', { entryPoint: 'main.js' }],
    ['an entry point that leads out', { entryPoint: '../../main.js' }],
    ['a file that is a folder too', { files: { ...hello.files, src: '' } }],
    ['packages of its own', { files: { ...hello.files, 'node_modules/a/index.js': '' } }],
    ['a file without text', { files: { ...hello.files, a: 7 as never } }],
    ['no files', { files: undefined as never }],
    ['a package.json that is none', { packageJson: '{' }],
  ])('with %s is refused, and nothing of it is written', async (_what, wrong) => {
    const preparing = folders().prepare('a', { ...hello, ...wrong });
    await expect(preparing).rejects.toThrow(ProjectNameError);
    expect(existsSync(join(folder, 'projects'))).toBe(false);
  });

  it('is refused under a name that is a path', async () => {
    await expect(folders().prepare('../secret', hello)).rejects.toThrow(ProjectNameError);
    expect(existsSync(join(folder, 'projects'))).toBe(false);
  });

  it('is installed without the scripts of its packages, unless they are allowed', async () => {
    const dependency = JSON.stringify({
      name: 'dep',
      version: '1.0.0',
      scripts: { install: `node -e "fs.writeFileSync('ran', '')"` },
    });
    const project: Project = {
      ...hello,
      packageJson: { name: 'a', version: '1.0.0', dependencies: { dep: 'file:dep' } },
      files: {
        ...hello.files,
        'dep/package.json': dependency,
        'package-lock.json': JSON.stringify({
          name: 'a',
          version: '1.0.0',
          lockfileVersion: 3,
          requires: true,
          packages: {
            '': { name: 'a', version: '1.0.0', dependencies: { dep: 'file:dep' } },
            dep: { version: '1.0.0', hasInstallScript: true },
            'node_modules/dep': { resolved: 'dep', link: true },
          },
        }),
      },
    };
    const { path } = await folders().prepare('a', project);
    expect(existsSync(join(path, 'node_modules/dep/package.json'))).toBe(true);
    expect(existsSync(join(path, 'dep/ran'))).toBe(false);
    const open = new ProjectFolders({
      workingDirectory: folder,
      timers,
      allowInstallScripts: true,
    });
    const allowed = await open.prepare('b', project);
    expect(existsSync(join(allowed.path, 'dep/ran'))).toBe(true);
  });

  it.each(['dependencies', 'devDependencies'])(
    'is installed without a lock file, too, for its %s',
    async (field) => {
      const install = `node -e "fs.writeFileSync('ran', '')"`;
      const project: Project = {
        ...hello,
        packageJson: { name: 'a', version: '1.0.0', [field]: { dep: 'file:dep' } },
        files: {
          ...hello.files,
          'dep/package.json': JSON.stringify({
            name: 'dep',
            version: '1.0.0',
            scripts: { install },
          }),
        },
      };
      const { path } = await folders().prepare('a', project);
      expect(existsSync(join(path, 'node_modules/dep/package.json'))).toBe(true);
      expect(existsSync(join(path, 'dep/ran'))).toBe(false);
      expect(existsSync(join(path, 'package-lock.json'))).toBe(false);
    },
  );

  it('that cannot be installed leaves nothing behind, and says why', async () => {
    const project = { ...hello, packageJson: { dependencies: { dep: 'file:nowhere.tgz' } } };
    const preparing = folders().prepare('a', project);
    await expect(preparing).rejects.toThrow(InstallError);
    await expect(preparing).rejects.toThrow(/npm install ended with code \d+\n[^]*nowhere.tgz/);
    const broken = {
      ...hello,
      packageJson: { dependencies: { dep: '1.0.0' } },
      files: { ...hello.files, 'package-lock.json': '{}' },
    };
    await expect(folders().prepare('a', broken)).rejects.toThrow('npm ci ended with code 1');
    expect(kept()).toEqual([]);
  });
});

describe('a project that is used again', () => {
  const text = (...at: readonly string[]): string => readFileSync(join(...at), 'utf8');
  const project: Project = { ...hello, files: { ...hello.files, 'src/deep/data.txt': 'data' } };
  let path: string;
  let outside: string;
  beforeEach(async () => {
    ({ path } = await folders().prepare('a', project));
    outside = join(folder, 'outside');
    await mkdir(outside);
    await writeFile(join(outside, 'main.js'), 'theirs');
  });

  it.each<[string, () => Promise<void>]>([
    ['other words in a file', () => writeFile(join(path, 'src/main.js'), 'HELLO')],
    ['a file less', () => rm(join(path, 'src/main.js'))],
    ['a folder less', () => rm(join(path, 'src'), { recursive: true })],
    ['a folder in the place of a file', () => swap('src/main.js', (at) => mkdir(at))],
    ['a file in the place of a folder', () => swap('src', (at) => writeFile(at, ''))],
    ['a link in the place of a folder', () => swap('src', (at) => symlink(outside, at))],
    ['a link to nowhere', () => swap('src', (at) => symlink(join(folder, 'no'), at))],
    ['a link in the place of a file', () => swapFile((from, at) => symlink(from, at))],
    ['a hard link in the place of a file', () => swapFile((from, at) => link(from, at))],
    [
      'a link in the place of all of it',
      async () => {
        await rename(path, join(outside, 'moved'));
        await symlink(join(outside, 'moved'), path);
      },
    ],
  ])('is as it was shipped, whatever a program left: %s', async (_what, leave) => {
    await leave();
    expect(await folders().prepare('a', project)).toMatchObject({ path });
    expect(lstatSync(path).isDirectory()).toBe(true);
    expect(lstatSync(join(path, 'src')).isDirectory()).toBe(true);
    expect(lstatSync(join(path, 'src/main.js')).isFile()).toBe(true);
    expect(text(path, 'src/main.js')).toBe('hello');
    expect(text(path, 'src/deep/data.txt')).toBe('data');
    expect(text(outside, 'main.js')).toBe('theirs');
    expect(existsSync(join(outside, 'deep'))).toBe(false);
    expect(kept()).toHaveLength(1);
  });

  it('has what programs wrote beside it', async () => {
    await writeFile(join(path, 'src/out.txt'), 'out');
    expect(await folders().prepare('a', project)).toMatchObject({ path, isReused: true });
    expect(text(path, 'src/out.txt')).toBe('out');
  });

  it('keeps its packages, and has them installed again when they are gone', async () => {
    const shipped: Project = {
      ...project,
      packageJson: { name: 'a', version: '1.0.0', optionalDependencies: { dep: 'file:dep' } },
      files: { ...project.files, 'dep/package.json': '{ "name": "dep", "version": "1.0.0" }' },
    };
    const ready = await folders().prepare('a', shipped);
    await writeFile(join(ready.path, 'node_modules/mark'), '');
    expect(await folders().prepare('a', shipped)).toEqual({ ...ready, isReused: true });
    expect(existsSync(join(ready.path, 'node_modules/mark'))).toBe(true);
    await rename(join(ready.path, 'node_modules'), join(outside, 'node_modules'));
    await symlink(join(outside, 'node_modules'), join(ready.path, 'node_modules'));
    await writeFile(join(ready.path, 'out.txt'), 'out');
    expect(await folders().prepare('a', shipped)).toEqual({ ...ready, isReused: false });
    expect(lstatSync(join(ready.path, 'node_modules')).isDirectory()).toBe(true);
    expect(text(ready.path, 'node_modules/dep/package.json')).toContain('dep');
    expect(text(ready.path, 'out.txt')).toBe('out');
    expect(existsSync(join(outside, 'node_modules/mark'))).toBe(true);
  });

  async function swap(what: string, put: (at: string) => Promise<unknown>): Promise<void> {
    await rm(join(path, what), { recursive: true });
    await put(join(path, what));
  }

  function swapFile(put: (from: string, at: string) => Promise<void>): Promise<void> {
    return swap('src/main.js', (at) => put(join(outside, 'main.js'), at));
  }
});

describe('reading a project', () => {
  it('gives package.json and tsconfig.json as objects, and takes their texts as well', async () => {
    await mkdir(join(folder, 'shop'));
    await writeFile(join(folder, 'shop', 'index.js'), '');
    await writeFile(join(folder, 'shop', 'package.json'), '{ "name": "shop" }');
    await writeFile(join(folder, 'shop', 'tsconfig.json'), '{ "files": [], /* none */ }');
    const project = await readProject(folder, 'shop');
    expect(project).toMatchObject({ packageJson: { name: 'shop' }, tsconfigJson: { files: [] } });
    const { path } = await folders().prepare('a', project);
    const texts = { packageJson: '{ "name": "shop" }', tsconfigJson: '{ "files": [] } // none' };
    const ofTexts = await folders().prepare('b', { ...project, ...texts });
    for (const file of ['package.json', 'tsconfig.json']) {
      const [one, other] = [path, ofTexts.path].map((at) => readFileSync(join(at, file), 'utf8'));
      expect(jsonObject(one ?? '')).toEqual(jsonObject(other ?? ''));
    }
    await writeFile(join(folder, 'shop', 'tsconfig.json'), 'none');
    expect((await readProject(folder, 'shop')).tsconfigJson).toBe('none');
    await rm(join(folder, 'shop', 'tsconfig.json'));
    expect((await readProject(folder, 'shop')).tsconfigJson).toEqual({});
  });

  it('refuses symbolic links, of the project and in it', async () => {
    await writeFile(join(folder, 'secret'), 'secret');
    await mkdir(join(folder, 'shop'));
    await writeFile(join(folder, 'shop', 'index.js'), '');
    await symlink(join(folder, 'secret'), join(folder, 'shop', 'link'));
    await symlink(join(folder, 'shop'), join(folder, 'alias'));
    await expect(readProject(folder, 'shop')).rejects.toThrow('link is no regular file');
    await expect(readProject(folder, 'alias')).rejects.toThrow('there is no folder of that name');
  });

  it('refuses paths, missing folders and folders without a program', async () => {
    await mkdir(join(folder, 'empty'));
    await expect(readProject(folder, '../secret')).rejects.toThrow(ProjectNameError);
    await expect(readProject(folder, 'nothing')).rejects.toThrow(ProjectSourceError);
    await expect(readProject(folder, 'empty')).rejects.toThrow('no main in package.json');
  });
});
