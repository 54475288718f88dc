import { createRequire } from 'node:module';
import { ForbiddenCallError, restricted } from './forbidden.js';

/** Gives a node its builtin modules by name; names outside Node's own are refused. */
export type Require = (specifier: string) => unknown;

const native = createRequire('/');

/**
 * `require` as a node program sees it.
 *
 * Modules that only compute are the machine's own. `replaced` holds those that would tell the time
 * or draw at random. Whatever touches the world loads, so that a program may import more than it
 * uses, and throws when it is called.
 */
export function virtualRequire(replaced: Readonly<Record<string, unknown>>): Require {
  const loaded = new Map<string, unknown>();
  return (specifier) => {
    const name = specifier.replace(/^node:/, '');
    if (!loaded.has(name)) loaded.set(name, load(name, replaced));
    return loaded.get(name);
  };
}

function load(name: string, replaced: Readonly<Record<string, unknown>>): unknown {
  const own = replaced[name];
  if (own !== undefined) return own;
  if (PURE.has(name)) return native(`node:${name}`);
  const allow = PARTLY_ALLOWED[name];
  if (allow !== undefined) return restricted(name, builtin(name), { allow });
  if (FORBIDDEN.has(name)) return restricted(name, builtin(name), { allow: [] });
  throw new ForbiddenCallError(`require('${name}')`);
}

function builtin(name: string): object {
  return native(`node:${name}`) as object;
}

const PURE = new Set([
  'assert',
  'assert/strict',
  'async_hooks',
  'buffer',
  'constants',
  'diagnostics_channel',
  'events',
  'path',
  'path/posix',
  'punycode',
  'querystring',
  'stream',
  'string_decoder',
  'url',
  'util',
  'util/types',
  'v8',
]);

const PARTLY_ALLOWED: Readonly<Record<string, readonly string[]>> = {
  fs: ['readFileSync', 'existsSync', 'statSync', 'readdirSync', 'realpathSync'],
  net: ['isIP', 'isIPv4', 'isIPv6'],
  os: ['endianness'],
  zlib: [
    'crc32',
    'deflateSync',
    'inflateSync',
    'deflateRawSync',
    'inflateRawSync',
    'gzipSync',
    'gunzipSync',
    'brotliCompressSync',
    'brotliDecompressSync',
  ],
};

const FORBIDDEN = new Set([
  'child_process',
  'cluster',
  'dgram',
  'dns',
  'dns/promises',
  'fs/promises',
  'http',
  'http2',
  'https',
  'inspector',
  'module',
  'readline',
  'readline/promises',
  'stream/promises',
  'tls',
  'tty',
  'vm',
  'worker_threads',
]);
