import { createRequire } from 'node:module';
import { refusal, restricted } from './forbidden.js';

/** Gives a node its builtin modules by name; names outside Node's own are refused. */
export type Require = (specifier: string) => unknown;

export type Guard = (module: unknown) => unknown;

const native = createRequire('/');
// Modules without a state of their own, shared by all nodes of the thread.
const shared = new Map<string, unknown>();

/**
 * `require` as a node program sees it.
 *
 * Modules that only compute are the machine's own. `replaced` holds those that would tell the time
 * or draw at random. Whatever touches the world loads, so that a program may import more than it
 * uses, and throws when it is called. `guard` sees each module that nodes share before they do.
 */
export function virtualRequire(
  replaced: Readonly<Record<string, () => unknown>>,
  guard: Guard,
): Require {
  const own = new Map<string, unknown>();
  return (specifier) => {
    const name = specifier.replace(/^node:/, '');
    const [loaded, make] = Object.hasOwn(replaced, name)
      ? [own, replaced[name] as () => unknown]
      : [shared, () => guard(load(name))];
    if (!loaded.has(name)) loaded.set(name, make());
    return loaded.get(name);
  };
}

function load(name: string): unknown {
  if (PURE.has(name)) return native(`node:${name}`);
  const allow = Object.hasOwn(PARTLY_ALLOWED, name) ? PARTLY_ALLOWED[name] : undefined;
  if (allow !== undefined) return restricted(name, builtin(name), { allow });
  if (name === 'stream/web') return restricted(name, builtin(name), { forbid: COMPRESSION });
  if (FORBIDDEN.has(name)) return restricted(name, builtin(name), { allow: [] });
  throw refusal(`require('${name}')`);
}

function builtin(name: string): object {
  return native(`node:${name}`) as object;
}

const PURE = new Set([
  'assert',
  'assert/strict',
  'constants',
  'diagnostics_channel',
  'events',
  'path',
  'path/posix',
  'punycode',
  'querystring',
  'stream',
  'stream/promises',
  'string_decoder',
  'url',
  'util',
  'util/types',
]);

const PARTLY_ALLOWED: Readonly<Record<string, readonly string[]>> = {
  // Blobs are read on other threads.
  buffer: ['Buffer', 'SlowBuffer', 'atob', 'btoa', 'isAscii', 'isUtf8', 'transcode'],
  // Numbers of async resources count what the simulator does as well.
  async_hooks: ['AsyncLocalStorage', 'AsyncResource'],
  net: ['isIP', 'isIPv4', 'isIPv6', 'BlockList', 'SocketAddress'],
  // Only what turns values into bytes and back.
  v8: [
    'DefaultDeserializer',
    'DefaultSerializer',
    'Deserializer',
    'Serializer',
    'deserialize',
    'serialize',
  ],
  zlib: [
    'crc32',
    'deflateSync',
    'inflateSync',
    'deflateRawSync',
    'inflateRawSync',
    'gzipSync',
    'gunzipSync',
    'unzipSync',
    'brotliCompressSync',
    'brotliDecompressSync',
  ],
};

// Runs on other threads.
const COMPRESSION = ['CompressionStream', 'DecompressionStream'];
const FORBIDDEN = new Set([
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'dns/promises',
  'fs',
  'fs/promises',
  'http',
  'http2',
  'https',
  'inspector',
  'inspector/promises',
  'module',
  'readline',
  'readline/promises',
  'repl',
  'sqlite',
  'stream/consumers',
  'tls',
  'trace_events',
  'tty',
  'vm',
  'wasi',
  'worker_threads',
]);
