/** What a program's process says: that its function is called, then what came of it, once. */
export type ChildWord =
  | { readonly faultline: 'called' }
  | { readonly faultline: 'done'; readonly output?: unknown }
  | { readonly faultline: 'failed'; readonly error: string };

/** A program that was written to be forked may send words of its own: they have another key. */
export function isChildWord(message: unknown): message is ChildWord {
  const { faultline } = (message ?? {}) as { readonly faultline?: unknown };
  return faultline === 'called' || faultline === 'done' || faultline === 'failed';
}

/** What the process of a program is told first. */
export interface ChildTask {
  /** The entry point: what the program knows as its own path. */
  readonly entry: string;
  /** The file that is loaded: the entry point, or what it was compiled to. */
  readonly file: string;
  /** Whether `file` is loaded under the name and in the place of the entry point, as CommonJS. */
  readonly isInPlace: boolean;
  /** Whether the program sees itself as the main module. */
  readonly isMain: boolean;
  readonly args: readonly string[];
  readonly task: object;
  readonly resultBytesMax: number;
}

/**
 * The first file of a program's process: it waits for its task, runs the entry point as the main
 * module, calls its function, and tells what came of it. Text, so that it needs no compiler. It
 * ends when the worker is gone.
 */
export const CHILD_PROGRAM = `'use strict';
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const { extname } = require('node:path');
const { pathToFileURL } = require('node:url');

const tell = (word) => {
  process.channel?.ref();
  return new Promise((resolve) => process.send(word, resolve));
};
const fail = async (error) => {
  const text = error instanceof Error ? error.stack ?? error.message : String(error);
  await tell({ faultline: 'failed', error: text.slice(0, 20000) });
  process.exit(1);
};
process.on('disconnect', () => process.exit(1));
process.on('uncaughtException', fail);
process.on('unhandledRejection', fail);
process.once('message', (told) => void start(told).catch(fail));

async function start({ entry, file, isInPlace, isMain, args, task, resultBytesMax }) {
  process.argv = [process.argv[0], isMain ? entry : __filename, ...args];
  process.mainModule = undefined;
  delete require.cache[__filename];
  // A program that has nothing left to do ends, whatever it still awaits.
  process.channel.unref();
  const program = isInPlace ? inPlace(entry, file, isMain) : await inItsPlace(entry, file, isMain);
  const run = [program.default, program.run, program.default?.default].find(
    (value) => typeof value === 'function',
  );
  if (run === undefined) return;
  process.argv[1] = entry;
  await tell({ faultline: 'called' });
  const output = await run(args, task);
  const size = Buffer.byteLength(JSON.stringify(output ?? null));
  if (size > resultBytesMax) {
    throw new Error('Its result has ' + size + ' bytes as JSON, over ' + resultBytesMax);
  }
  await tell({ faultline: 'done', output });
  process.exit(0);
}

async function inItsPlace(entry, file, isMain) {
  if (isMain) {
    process.argv[1] = file;
    Module.runMain(file);
    // What was compiled runs later than this.
    process.argv[1] = entry;
  }
  // The same module: whatever is loaded is loaded once.
  return import(pathToFileURL(file).href);
}

function inPlace(entry, file, isMain) {
  const kind = extname(entry);
  const usual = Module._extensions[kind] ?? Module._extensions['.js'];
  Module._extensions[kind] = (loaded, path) => {
    if (path !== entry) return usual(loaded, path);
    return loaded._compile(readFileSync(file, 'utf8'), path);
  };
  const exports = Module._load(entry, null, isMain);
  return exports?.__esModule ? exports : { default: exports, run: exports?.run };
}
`;
