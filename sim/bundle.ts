import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compareCodeUnits } from '../src/base/compare.js';
import { SourcePlaces } from './source-place.js';

/** What goes into one bundle: an entry file and the modules that stand in for others. */
export interface BundleSource {
  /** An absolute path. */
  readonly entry: string;
  /** Module path or package name to the file that replaces it. */
  readonly alias?: Readonly<Record<string, string>>;
}

/** A module cannot be made part of a bundle; `reasons` are esbuild's own words. */
export class BundleError extends Error {
  override readonly name = 'BundleError';

  constructor(
    readonly entry: string,
    readonly reasons: readonly string[],
  ) {
    super(`Cannot bundle ${entry} for the simulator: ${reasons.join('; ')}`);
  }
}

/** A bundle and where each of its lines comes from. */
export interface BuiltBundle {
  /** CommonJS. */
  readonly text: string;
  /** Its source map, as JSON. Paths are relative to the working directory. */
  readonly map: string;
}

const built = new Map<string, Promise<BuiltBundle>>();

/**
 * One CommonJS text with the entry, everything it imports and a single copy of faultline. Built
 * once per process for each source.
 */
export async function bundle(source: BundleSource): Promise<string> {
  return (await builtBundle(source)).text;
}

/**
 * The same with its source map. Rejects with {@link BundleError} for what no simulated node could
 * load: a module that is not found, top-level await, `import()`, native add-ons.
 */
export function builtBundle(source: BundleSource): Promise<BuiltBundle> {
  const aliases = Object.entries(source.alias ?? {});
  aliases.sort(([left], [right]) => compareCodeUnits(left, right));
  const key = JSON.stringify([source.entry, aliases]);
  let made = built.get(key);
  if (made === undefined) built.set(key, (made = build(source)));
  return made;
}

/** The absolute path of a module beside this file, as source or as built JavaScript. */
export function simModule(name: string): string {
  const path = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return existsSync(`${path}.ts`) ? `${path}.ts` : `${path}.js`;
}

async function build({ entry, alias = {} }: BundleSource): Promise<BuiltBundle> {
  const esbuild = await import('esbuild');
  const outfile = join(process.cwd(), 'node-program.cjs');
  let made: BuiltBundle;
  try {
    const { outputFiles } = await esbuild.build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      outfile,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      // `import()` would leave the turn; as a call to the node's own `require` it stays inside.
      supported: { 'dynamic-import': false },
      define: { 'import.meta.url': '"file:///node-program.cjs"' },
      sourcemap: 'external',
      sourcesContent: false,
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [refusing(), replacing(alias)],
    });
    const textOf = (end: string) => outputFiles.find(({ path }) => path.endsWith(end))?.text ?? '';
    made = { text: textOf('.cjs'), map: textOf('.map') };
  } catch (error) {
    throw new BundleError(entry, reasonsOf(error));
  }
  const late = lateImports(made);
  if (late.length > 0) throw new BundleError(entry, late);
  return made;
}

// What could be bundled and could not be run. esbuild adds the place of the import.
function refusing(): import('esbuild').Plugin {
  return {
    name: 'refusing',
    setup(build) {
      build.onResolve({ filter: /\.node$/ }, ({ path }) => {
        return {
          errors: [{ text: `${path} is a native add-on, which no simulated node can load` }],
        };
      });
      build.onResolve({ filter: /.*/ }, ({ kind, path, importer }) => {
        if (kind !== 'dynamic-import' || isOfPackage(importer)) return undefined;
        return { errors: [{ text: `import() of ${path}: ${NO_LATE_IMPORT}` }] };
      });
    },
  };
}

// An alias names a file of the project by its absolute path, so that every import of it, however
// it is spelt, meets the same replacement; the replacement itself may import the original.
function replacing(alias: Readonly<Record<string, string>>): import('esbuild').Plugin {
  return {
    name: 'replacing',
    setup(build) {
      if (Object.keys(alias).length === 0) return;
      build.onResolve({ filter: /.*/ }, async (args) => {
        if (args.pluginData === RESOLVED) return undefined;
        const named = alias[args.path];
        if (named !== undefined) return { path: named };
        const { path, external, errors } = await build.resolve(args.path, {
          kind: args.kind,
          importer: args.importer,
          resolveDir: args.resolveDir,
          pluginData: RESOLVED,
        });
        const replacement = alias[path];
        if (replacement === undefined || args.importer === replacement) {
          return { path, external, errors };
        }
        return { path: replacement };
      });
    },
  };
}

function reasonsOf(error: unknown): string[] {
  const errors = (error as { errors?: unknown }).errors;
  if (!Array.isArray(errors)) return [String(error)];
  return (errors as import('esbuild').Message[]).map(({ text, location }) =>
    location === null ? text : `${location.file}:${location.line}: ${text}`,
  );
}

// One whose name is computed reaches no resolver. This is how esbuild spells it when the engine is
// said to have none.
function lateImports({ text, map }: BuiltBundle): string[] {
  const places = new SourcePlaces(map);
  return [...text.matchAll(LATE_IMPORT)].flatMap(({ index }) => {
    const before = text.slice(0, index).split('\n');
    const place = places.of(before.length, (before.at(-1) ?? '').length + 1);
    if (place === undefined || isOfPackage(place.file)) return [];
    return [`${place.file}:${place.line}: import() of a computed name: ${NO_LATE_IMPORT}`];
  });
}

function isOfPackage(path: string): boolean {
  return /[\\/]node_modules[\\/]/.test(`/${path}`);
}

const RESOLVED = 'resolved';
const LATE_IMPORT = /Promise\.resolve\(\)\.then\(\(\) => (?:__toESM\d*\()?require\d*\((?!")/g;
const NO_LATE_IMPORT =
  'it would end outside of the turn that began it. Import the module at the top of the file';
