import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { toError } from '../../src/base/errors.js';
import { VirtualPlatform } from '../../src/platform/virtual-platform.js';
import { bundle, type BundleSource, simModule } from '../bundle.js';
import { loadApart } from '../virtual/apart.js';
import { type SimulatedModule, SimulatedModuleError } from './user-module.js';

/** A user's module, found, bundled with faultline, and evaluated once to see what it exports. */
export interface LoadedModule {
  readonly path: string;
  /** What the nodes run. */
  readonly program: BundleSource;
  readonly exports: SimulatedModule;
}

/**
 * Bundles the module at `file` for the nodes: a path, relative to the working directory, or a
 * `file:` URL. Rejects with {@link SimulatedModuleError}, or with `BundleError` and esbuild's
 * words: `file:line: what is wrong`. Loads each file once, as bundles are made once.
 */
export async function loadModule(file: string | URL): Promise<LoadedModule> {
  const path = pathOf(file);
  if (!existsSync(path) || !statSync(path).isFile()) {
    throw new SimulatedModuleError(`Expected a module to simulate, and there is no file ${path}`);
  }
  let known = loaded.get(path);
  if (known === undefined) loaded.set(path, (known = load(path)));
  return known;
}

const loaded = new Map<string, Promise<LoadedModule>>();

async function load(path: string): Promise<LoadedModule> {
  const program: BundleSource = {
    entry: simModule('library/module-node'),
    // Whatever the module's own `node_modules` hold: nodes have one copy of faultline.
    alias: {
      [simModule('library/module-slot')]: path,
      faultline: simModule('../src/index'),
      'faultline/distribution': simModule('../src/distribution'),
      'faultline/sim': simModule('index'),
    },
  };
  return { path, program, exports: evaluate(path, await bundle(program)) };
}

function pathOf(file: string | URL): string {
  if (typeof file === 'string' && !file.startsWith('file:')) return resolve(file);
  return fileURLToPath(file);
}

// In a virtual world as the nodes have it: invariants and draws that ask for the time or for chance
// get the same answers in every process.
function evaluate(path: string, text: string): SimulatedModule {
  const platform = new VirtualPlatform({ seed: 0 });
  try {
    const exported = loadApart(text, platform);
    return (exported as { simulatedModule(): SimulatedModule }).simulatedModule();
  } catch (cause) {
    const why = toError(cause).message;
    throw new SimulatedModuleError(`${path} cannot be simulated: ${why}`, { cause });
  }
}
