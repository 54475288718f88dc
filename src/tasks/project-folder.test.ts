import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createNodePlatform } from '../platform/node-platform.js';
import type { Project } from './project-files.js';
import { ProjectFolders } from './project-folder.js';
import { InstallError } from './project-install.js';
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

  it('that cannot be installed leaves nothing behind, and says what to do', async () => {
    const project = { ...hello, packageJson: { dependencies: { dep: '1.0.0' } } };
    const preparing = folders().prepare('a', project);
    await expect(preparing).rejects.toThrow(InstallError);
    await expect(preparing).rejects.toThrow('ship it with the project');
    const broken = { ...project, files: { ...project.files, 'package-lock.json': '{}' } };
    await expect(folders().prepare('a', broken)).rejects.toThrow('npm ci ended with code 1');
    expect(kept()).toEqual([]);
  });
});

describe('reading a project', () => {
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
