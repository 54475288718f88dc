import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { BuildOptions, Message, Plugin } from 'esbuild';

/** A module of the user that no thread can load; `reasons` are those of the compiler. */
export class ModuleBuildError extends Error {
  override readonly name = 'ModuleBuildError';

  constructor(
    readonly path: string,
    readonly reasons: readonly string[],
  ) {
    super(`${path} is not to be compiled: ${reasons.join('; ')}`);
  }
}

/**
 * The absolute path of a module. A text is a `file:` URL, or a path that starts at the working
 * directory unless it is absolute.
 */
export function modulePath(module: string | URL): string {
  if (module instanceof URL) return fileURLToPath(module);
  return module.startsWith('file:') ? fileURLToPath(module) : resolve(module);
}

/**
 * What any thread can `import()`: the module itself when it is JavaScript; for TypeScript a `data:`
 * URL with the module and the files that it imports, compiled. Packages are not part of that: each
 * is loaded from where the module finds it, so a thread has one copy of each.
 *
 * Rejects with {@link ModuleBuildError}.
 */
export async function importable(path: string): Promise<string> {
  return isTypeScript(path) ? dataUrl(await compiled({ entryPoints: [path] }, path)) : hrefOf(path);
}

/** A script with its imports, as {@link importable} makes it; `folder` is where it imports from. */
export async function importableScript(script: string, folder: string): Promise<string> {
  const stdin = { contents: script, resolveDir: folder, loader: 'ts' } as const;
  return dataUrl(await compiled({ stdin }, folder));
}

export function isTypeScript(path: string): boolean {
  return TYPESCRIPT.test(path);
}

export function hrefOf(path: string): string {
  return pathToFileURL(path).href;
}

/** Whether this very code runs from its source, as under a test runner. */
export function runsFromSource(): boolean {
  return isTypeScript(import.meta.url);
}

/** The text of a build with `input`; rejects with {@link ModuleBuildError}. */
export async function compiled(input: BuildOptions, path: string): Promise<string> {
  // Loaded by those who have TypeScript, and by nobody else.
  const esbuild = createRequire(import.meta.url)('esbuild') as typeof import('esbuild');
  try {
    const { outputFiles } = await esbuild.build({
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'node',
      target: 'node20',
      conditions: ['node'],
      sourcemap: 'inline',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [packagesByUrl, placesByUrl],
      ...input,
    });
    return outputFiles?.[0]?.text ?? '';
  } catch (error) {
    throw new ModuleBuildError(path, reasonsOf(error));
  }
}

// A `data:` URL finds no package by its name, so each import names the file it means.
const packagesByUrl: Plugin = {
  name: 'packages-by-url',
  setup(build) {
    build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
      const isImport = from.kind === 'import-statement' || from.kind === 'dynamic-import';
      if (!isImport || pluginData === RESOLVED || isAbsolute(path)) return undefined;
      const { kind, importer, resolveDir } = from;
      const found = await build.resolve(path, { kind, importer, resolveDir, pluginData: RESOLVED });
      if (found.errors.length > 0 || found.external || isTypeScript(found.path)) return found;
      return { path: hrefOf(found.path), external: true };
    });
  },
};

// Compiled into one text, a module would no longer know where it lies.
const placesByUrl: Plugin = {
  name: 'places-by-url',
  setup(build) {
    build.onLoad({ filter: TYPESCRIPT }, async ({ path }) => {
      const text = await readFile(path, 'utf8');
      if (!text.includes('import.meta.')) return undefined;
      const places = { url: hrefOf(path), filename: path, dirname: dirname(path) };
      const contents = text.replace(
        /\bimport\.meta\.(url|filename|dirname)\b/g,
        (_all, name: keyof typeof places) => JSON.stringify(places[name]),
      );
      return { contents, loader: path.endsWith('x') ? 'tsx' : 'ts' };
    });
  },
};

function dataUrl(text: string): string {
  return `data:text/javascript;base64,${Buffer.from(text).toString('base64')}`;
}

function reasonsOf(error: unknown): string[] {
  const { errors } = error as { errors?: readonly Message[] };
  if (errors === undefined) return [String(error)];
  return errors.map(({ text, location }) =>
    location === null ? text : `${location.file}:${location.line}: ${text}`,
  );
}

const TYPESCRIPT = /\.[cm]?tsx?$/;
const RESOLVED = 'resolved';
