import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, toError } from '../base/errors.js';

/** What a module gives to the node that loads it. */
export interface NodeModule {
  /** By the names under which other nodes start them; each is checked when it is registered. */
  readonly behaviors: Readonly<Record<string, unknown>>;
  readonly setup: (() => unknown) | undefined;
}

/** A module cannot be loaded, or gives nothing to run. The message says what to do. */
export class NodeModuleError extends Error {
  override readonly name = 'NodeModuleError';
  readonly code = 'ERR_NODE_MODULE';
}

/** Loads a user's module, from a path relative to the working directory. */
export async function loadNodeModule(path: string): Promise<NodeModule> {
  const file = resolve(path);
  if (!existsSync(file)) throw new NodeModuleError(`--module: there is no file ${file}`);
  const loaded = await importFile(file);
  const exported = exportsOf(loaded);
  const { behaviors, setup } = exported;
  if (behaviors === undefined && setup === undefined) {
    const names = Object.keys(loaded).join(', ') || 'nothing';
    throw new NodeModuleError(`--module: ${path} has to export behaviors or setup; got ${names}`);
  }
  if (behaviors !== undefined && (typeof behaviors !== 'object' || behaviors === null)) {
    const got = describe(behaviors);
    throw new NodeModuleError(
      `--module: behaviors of ${path} has to hold a behaviour for each name, got ${got}`,
    );
  }
  if (setup !== undefined && typeof setup !== 'function') {
    throw new NodeModuleError(
      `--module: setup of ${path} has to be a function, got ${describe(setup)}`,
    );
  }
  return {
    behaviors: (behaviors ?? {}) as Readonly<Record<string, unknown>>,
    setup: setup as NodeModule['setup'],
  };
}

async function importFile(file: string): Promise<Exports> {
  try {
    return (await import(pathToFileURL(file).href)) as Exports;
  } catch (thrown) {
    const error = toError(thrown);
    const hint = typeScriptHint(file, (error as NodeJS.ErrnoException).code);
    if (hint === undefined) {
      throw new NodeModuleError(`--module: ${file} does not load: ${error.message}`, {
        cause: error,
      });
    }
    throw new NodeModuleError(`--module: ${hint}`, { cause: error });
  }
}

interface Exports {
  readonly behaviors?: unknown;
  readonly setup?: unknown;
}

// A module that is compiled to CommonJS may have its exports one level further in.
function exportsOf(loaded: Exports): Exports {
  if (loaded.behaviors !== undefined || loaded.setup !== undefined) return loaded;
  const inner = (loaded as { readonly default?: unknown }).default;
  return typeof inner === 'object' && inner !== null ? inner : loaded;
}

/** What to do about a TypeScript module that does not load; `undefined` for another failure. */
function typeScriptHint(file: string, code: string | undefined): string | undefined {
  if (!/\.[cm]?tsx?$/.test(file)) return undefined;
  const { version } = process;
  switch (code) {
    case 'ERR_UNKNOWN_FILE_EXTENSION':
      return `Node ${version} does not load TypeScript: ${WAYS}, or use Node 22.18 or later`;
    case 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX':
    case 'ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING':
      return `Node ${version} only strips types, and ${file} needs more; ${WAYS}`;
    case 'ERR_MODULE_NOT_FOUND':
      return (
        `something that ${file} imports is not there; Node finds './a.ts' under that name only, ` +
        `not as './a.js': ${WAYS}`
      );
    default:
      return undefined;
  }
}

const WAYS =
  'compile it to JavaScript, or install tsx and run the command with ' +
  "NODE_OPTIONS='--import tsx'";
