import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { compareCodeUnits } from '../src/base/compare.js';

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

const built = new Map<string, Promise<string>>();

/**
 * One CommonJS text with the entry, everything it imports and a single copy of faultline. Built
 * once per process for each source.
 */
export function bundle(source: BundleSource): Promise<string> {
  const aliases = Object.entries(source.alias ?? {});
  aliases.sort(([left], [right]) => compareCodeUnits(left, right));
  const key = JSON.stringify([source.entry, aliases]);
  let text = built.get(key);
  if (text === undefined) built.set(key, (text = build(source)));
  return text;
}

/** The absolute path of a module beside this file, as source or as built JavaScript. */
export function simModule(name: string): string {
  const path = fileURLToPath(new URL(`./${name}`, import.meta.url));
  return existsSync(`${path}.ts`) ? `${path}.ts` : `${path}.js`;
}

async function build({ entry, alias = {} }: BundleSource): Promise<string> {
  const esbuild = await import('esbuild');
  try {
    const result = await esbuild.build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      format: 'cjs',
      platform: 'node',
      target: 'node20',
      // `import()` would leave the turn; as a call to the node's own `require` it stays inside.
      supported: { 'dynamic-import': false },
      define: { 'import.meta.url': '"file:///node-program.cjs"' },
      legalComments: 'none',
      logLevel: 'silent',
      plugins: [replacing(alias)],
    });
    return result.outputFiles[0]?.text ?? '';
  } catch (error) {
    throw new BundleError(entry, reasonsOf(error));
  }
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

const RESOLVED = 'resolved';
