import { NodeId } from '../base/node-id.js';
import { CLUSTER_NAME_RULE, isClusterName } from '../cluster/discovery-bonjour.js';
import {
  type Given as GivenFlags,
  lastOf as last,
  present,
  readFlags,
  readPort,
  readTimeMs,
  readWhole,
} from './flag-reading.js';
import { NODE_FLAGS, type NodeFlagName } from './node-flags.js';
import { NodeUsageError } from './node-usage-error.js';

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
  const given = readFlags(args, NODE_FLAGS);
  if (given.has('help')) return { kind: 'help' };
  if (given.has('version')) return { kind: 'version' };
  const flags = present<NodeRunFlags>({
    name: readName(given),
    host: last(given, 'host'),
    port: readPort(given, 'port'),
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

type Given = GivenFlags<NodeFlagName>;

function readName(given: Given): string {
  const name = last(given, 'name');
  if (name === undefined) {
    throw new NodeUsageError('--name is missing: a node has a name, such as --name worker1');
  }
  if (NodeId.isValid(`${name}@localhost:1`)) return name;
  const expected = 'a letter, then letters, digits, _ or -, at most 64 in all';
  throw NodeUsageError.of('name', expected, name);
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
