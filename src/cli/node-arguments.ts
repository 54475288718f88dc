import { parseArgs, type ParseArgsConfig } from 'node:util';
import { NodeId } from '../base/node-id.js';
import { suggestion } from '../base/suggestion.js';
import { CLUSTER_NAME_RULE, isClusterName } from '../cluster/discovery-bonjour.js';
import { NODE_FLAGS, type NodeFlag, type NodeFlagName } from './node-flags.js';
import { NodeUsageError, oneLine } from './node-usage-error.js';

export type NodeCommandLine =
  { readonly kind: 'help' | 'version' } | { readonly kind: 'run'; readonly flags: NodeRunFlags };

/** What a node was asked to be. Files are named and not read yet. */
export interface NodeRunFlags {
  readonly name: string;
  readonly host?: string;
  readonly port?: number;
  readonly advertiseHost?: string;
  readonly seeds: readonly string[];
  readonly dns?: { readonly host: string; readonly port: number };
  readonly srv?: string;
  readonly bonjour?: string;
  readonly module?: string;
  readonly secret?: string;
  readonly secretFile?: string;
  readonly tls?: { readonly cert: string; readonly key: string; readonly ca?: string };
  readonly allowUnauthenticated: boolean;
  readonly heartbeatMs?: number;
  readonly heartbeatMisses?: number;
  readonly drainMs?: number;
  readonly json: boolean;
  readonly quiet: boolean;
}

/**
 * Reads the command line; throws {@link NodeUsageError}. Of a flag given twice the last one counts;
 * `--seed` counts each time.
 */
export function parseNodeArguments(args: readonly string[]): NodeCommandLine {
  const given = readTokens(args);
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };
  const flags = present<NodeRunFlags>({
    name: readName(given),
    host: last(given, 'host'),
    port: readPort(given),
    advertiseHost: last(given, 'advertise-host'),
    seeds: (given.get('seed') ?? []).map(readSeed),
    dns: readHostPort(given),
    srv: last(given, 'srv'),
    bonjour: readBonjour(given),
    module: last(given, 'module'),
    secret: last(given, 'secret'),
    secretFile: last(given, 'secret-file'),
    tls: readTls(given),
    allowUnauthenticated: given.has('allow-unauthenticated'),
    heartbeatMs: readTimeMs(given, 'heartbeat', { minMs: 10, maxMs: 600_000 }),
    heartbeatMisses: readWhole(given, 'heartbeat-misses', { min: 1, max: 1000 }),
    drainMs: readTimeMs(given, 'drain', { minMs: 0, maxMs: 3_600_000 }),
    json: given.has('json'),
    quiet: given.has('quiet'),
  });
  if (flags.secret !== undefined && flags.secretFile !== undefined) {
    throw new NodeUsageError('--secret goes without --secret-file: there is one secret');
  }
  return { kind: 'run', flags };
}

/** The flags of a command line with their values; a switch has none. */
type Given = ReadonlyMap<NodeFlagName, readonly string[]>;

// Not strict: its messages are long, and it knows no suggestions.
function readTokens(args: readonly string[]): Given {
  const given = new Map<NodeFlagName, string[]>();
  const options: Record<string, { type: 'string' | 'boolean' }> = {};
  for (const [name, flag] of Object.entries<NodeFlag>(NODE_FLAGS)) {
    options[name] = { type: flag.value === undefined ? 'boolean' : 'string' };
  }
  const config = { args: [...args], options, strict: false, tokens: true } as const;
  for (const token of parseArgs(config satisfies ParseArgsConfig).tokens) {
    if (token.kind === 'option-terminator') continue;
    if (token.kind === 'positional') {
      throw new NodeUsageError(`expected flags only, got ${oneLine(token.value)}`);
    }
    const { name, value, rawName, inlineValue } = token;
    if (!isFlag(name)) throw unknownFlag(name, rawName);
    const flag: NodeFlag = NODE_FLAGS[name];
    // Whatever follows was taken for the value, the next flag too.
    const isMissing = value === undefined || value === '' || (!inlineValue && /^--/.test(value));
    if (flag.value !== undefined && isMissing) {
      throw NodeUsageError.of(name, `a value (${flag.value})`, value);
    }
    if (flag.value === undefined && value !== undefined) {
      throw NodeUsageError.of(name, 'no value', value);
    }
    given.set(name, [...(given.get(name) ?? []), ...(value === undefined ? [] : [value])]);
  }
  return given;
}

function isFlag(name: string): name is NodeFlagName {
  return Object.hasOwn(NODE_FLAGS, name);
}

function unknownFlag(name: string, rawName: string): NodeUsageError {
  const meant = suggestion(name, Object.keys(NODE_FLAGS));
  const hint = meant === undefined ? 'expected one that --help lists' : `did you mean --${meant}?`;
  return new NodeUsageError(`unknown flag ${oneLine(rawName)}: ${hint}`);
}

function last(given: Given, flag: NodeFlagName): string | undefined {
  return given.get(flag)?.at(-1);
}

function readName(given: Given): string {
  const name = last(given, 'name');
  if (name === undefined) {
    throw new NodeUsageError('--name is missing: a node has a name, such as --name worker1');
  }
  if (NodeId.isValid(`${name}@localhost:1`)) return name;
  const expected = 'a letter, then letters, digits, _ or -, at most 64 in all';
  throw NodeUsageError.of('name', expected, name);
}

function readPort(given: Given): number | undefined {
  return readWhole(given, 'port', { min: 0, max: 65_535 });
}

function readWhole(
  given: Given,
  flag: NodeFlagName,
  { min, max }: { readonly min: number; readonly max: number },
): number | undefined {
  const text = last(given, flag);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw NodeUsageError.of(flag, `a whole number from ${min} to ${max}`, text);
}

function readSeed(text: string): string {
  const id = NodeId.tryParse(text);
  if (id !== undefined) return id;
  throw NodeUsageError.of('seed', 'a node id such as worker1@10.0.0.5:4369', text);
}

function readHostPort(given: Given): NodeRunFlags['dns'] {
  const text = last(given, 'dns');
  if (text === undefined) return undefined;
  const id = NodeId.tryParse(`any@${text}`);
  if (id === undefined) {
    throw NodeUsageError.of('dns', 'a host name and a port, such as workers.internal:4369', text);
  }
  const { host, port } = NodeId.components(id);
  return { host, port };
}

function readBonjour(given: Given): string | undefined {
  const name = last(given, 'bonjour');
  if (name === undefined || isClusterName(name)) return name;
  throw NodeUsageError.of('bonjour', CLUSTER_NAME_RULE, name);
}

function readTls(given: Given): NodeRunFlags['tls'] {
  const [cert, key, ca] = [last(given, 'tls-cert'), last(given, 'tls-key'), last(given, 'tls-ca')];
  if (cert === undefined && key === undefined && ca === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw new NodeUsageError('TLS needs --tls-cert and --tls-key, both as files');
  }
  return { cert, key, ...(ca === undefined ? {} : { ca }) };
}

function readTimeMs(
  given: Given,
  flag: 'heartbeat' | 'drain',
  { minMs, maxMs }: { readonly minMs: number; readonly maxMs: number },
): number | undefined {
  const text = last(given, flag);
  if (text === undefined) return undefined;
  const [, amount, unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m)?$/.exec(text) ?? [];
  const timeMs = amount === undefined ? NaN : Number(amount) * (UNITS_MS[unit] as number);
  if (timeMs >= minMs && timeMs <= maxMs) return timeMs;
  const range = `${minMs === 0 ? '0' : `${minMs}ms`} to ${maxMs / 60_000}m`;
  throw NodeUsageError.of(flag, `a time from ${range}, such as 500ms or 5s`, text);
}

/** The fields that are there: an absent one is no field at all. */
function present<T>(fields: { [K in keyof T]: T[K] | undefined }): T {
  const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as T;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
