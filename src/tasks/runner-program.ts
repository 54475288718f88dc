import { readFile, writeFile } from 'node:fs/promises';
import { dirname, extname, isAbsolute, join } from 'node:path';
import type { BuildOptions, Plugin } from 'esbuild';
import { compiled, hrefOf, isTypeScript } from '../offload/user-module.js';
import { jsonObject } from './project-json.js';
import type { ChildTask } from './runner-child.js';
import { guardsItsFunction, MAIN_TEST } from './runner-guard.js';

/** A program as its process loads it. */
export type Program = Pick<ChildTask, 'entry' | 'file' | 'isInPlace' | 'isMain'>;

type Format = 'cjs' | 'esm';

/**
 * Makes a program ready to be loaded by Node. JavaScript is loaded as it is. TypeScript is compiled
 * into one file in `scratch`, with all that it imports but packages: as CommonJS when its name, the
 * package.json, the tsconfig.json or the program itself say so, otherwise as an ES module. Either
 * way it knows `__dirname`, `__filename` and `import.meta.url` as those of its sources.
 *
 * Rejects with ModuleBuildError, or with what the file system says.
 */
export async function programOf(
  entry: string,
  { folder, scratch }: { readonly folder: string; readonly scratch: string },
): Promise<Program> {
  const text = await readFile(entry, 'utf8');
  const isMain = !guardsItsFunction(text);
  if (!isTypeScript(entry)) return { entry, file: entry, isInPlace: false, isMain };
  const wanted = await formatOf(entry, { text, folder });
  const { format, output } = await built({ entry, isMain, wanted, scratch });
  const file = join(scratch, format === 'cjs' ? 'program.cjs' : 'program.mjs');
  await writeFile(file, output);
  return { entry, file, isInPlace: format === 'cjs', isMain };
}

interface Build {
  readonly entry: string;
  readonly isMain: boolean;
  readonly wanted: Format;
  readonly scratch: string;
}

async function built(build: Build): Promise<{ readonly format: Format; readonly output: string }> {
  const { entry, wanted } = build;
  if (wanted === 'cjs') {
    try {
      return { format: 'cjs', output: await compiled(buildOptions(build, 'cjs'), entry) };
    } catch {
      // It may await at its top, which only a module can: the errors of that way are told.
    }
  }
  return { format: 'esm', output: await compiled(buildOptions(build, 'esm'), entry) };
}

function buildOptions({ entry, isMain, scratch }: Build, format: Format): BuildOptions {
  // The paths of the sources are told from where the text is loaded.
  const place = format === 'cjs' ? dirname(entry) : scratch;
  return {
    entryPoints: [entry],
    outfile: join(place, 'program.js'),
    format,
    plugins: [packagesOutside(format), placesOf({ entry, isMain })],
  };
}

/** By the name, then as Node and the compiler have it, then by what the program uses. */
async function formatOf(
  entry: string,
  { text, folder }: { readonly text: string; readonly folder: string },
): Promise<Format> {
  if (/^\.[cm]/.test(extname(entry))) return extname(entry).startsWith('.c') ? 'cjs' : 'esm';
  const { type } = await settingsIn(join(folder, 'package.json'));
  if (type === 'module') return 'esm';
  const { compilerOptions } = await settingsIn(join(folder, 'tsconfig.json'));
  const { module: named } = (compilerOptions ?? {}) as { readonly module?: unknown };
  const isCommonJs = typeof named === 'string' && /^(?:commonjs|node\w+)$/i.test(named);
  return type === 'commonjs' || isCommonJs || COMMONJS_WORDS.test(text) ? 'cjs' : 'esm';
}

async function settingsIn(path: string): Promise<Readonly<Record<string, unknown>>> {
  return jsonObject(await readFile(path, 'utf8').catch(() => '')) ?? {};
}

// An ES module is not loaded from the place of its source, so its packages are named by their URL.
function packagesOutside(format: Format): Plugin {
  return {
    name: 'packages-outside',
    setup(build) {
      build.onResolve({ filter: /^[^./]/ }, async ({ path, pluginData, ...from }) => {
        if (pluginData === RESOLVED || isAbsolute(path) || from.kind === 'entry-point') return;
        const { kind, importer, resolveDir } = from;
        const again = { kind, importer, resolveDir, pluginData: RESOLVED };
        const found = await build.resolve(path, again);
        if (found.errors.length > 0) return undefined;
        const isPackage = /[\\/]node_modules[\\/]/.test(found.path) && !isTypeScript(found.path);
        if (found.external || !isPackage) return found;
        return { path: format === 'cjs' ? path : hrefOf(found.path), external: true };
      });
    },
  };
}

// In one file, a module would no longer know where it lay, and each would be the main one.
function placesOf({ entry, isMain }: { readonly entry: string; readonly isMain: boolean }): Plugin {
  return {
    name: 'places',
    setup(build) {
      build.onLoad({ filter: SOURCE }, async ({ path }) => {
        const text = await readFile(path, 'utf8');
        if (!PLACE_WORDS.test(text)) return undefined;
        const contents = placed(text, path, isMain && path === entry);
        return { contents, loader: loaderOf(path) };
      });
    },
  };
}

function placed(text: string, path: string, isMain: boolean): string {
  const places: Record<string, string> = {
    url: hrefOf(path),
    filename: path,
    dirname: dirname(path),
  };
  const own = ['filename', 'dirname']
    .filter((name) => new RegExp(`\\b__${name}\\b`).test(text))
    .filter((name) => !declares(text, `__${name}`))
    .map((name) => `const __${name} = ${JSON.stringify(places[name])};`);
  const rest = text
    .replace(/^#!/, '//')
    .replace(MAIN, (_all, sign: string | undefined, other: string | undefined) =>
      String((sign ?? other ?? '=').startsWith('=') === isMain),
    )
    .replace(/\bimport\.meta\.(url|filename|dirname)\b/g, (_all, name: string) =>
      JSON.stringify(places[name]),
    );
  // On the first line, so that the lines keep their numbers.
  return `${own.join(' ')}${rest}`;
}

// As the idiom of ES modules has it: const __dirname = dirname(fileURLToPath(import.meta.url)).
function declares(text: string, name: string): boolean {
  const before = String.raw`(?<!\bdeclare\s+)\b(?:const|let|var|import)\b`;
  return new RegExp(String.raw`${before}[^;=()'"\x60]*\b${name}\b`).test(text);
}

function loaderOf(path: string): 'ts' | 'tsx' | 'js' | 'jsx' {
  const kind = isTypeScript(path) ? 'ts' : 'js';
  return path.endsWith('x') ? `${kind}x` : kind;
}

const RESOLVED = 'resolved';
const SOURCE = /\.[cm]?[jt]sx?$/;
const PLACE_WORDS = /\b__(?:dirname|filename)\b|\bimport\.meta\.|\brequire\.main\b/;
const COMMONJS_WORDS = /\brequire\s*\(|\brequire\.main\b|\bmodule\.exports\b|^\s*exports\.\w/m;
const MAIN = new RegExp(MAIN_TEST, 'g');
