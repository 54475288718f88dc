import { readFileSync } from 'node:fs';
import { CLUSTER_DEFAULTS, type ClusterOptions } from '../cluster/cluster-config.js';
import { type Discovery, allDiscoveries } from '../cluster/discovery.js';
import { bonjourDiscovery } from '../cluster/discovery-bonjour.js';
import { dnsDiscovery, srvDiscovery } from '../cluster/discovery-dns.js';
import { isLoopback } from '../transport/tcp-address.js';
import type { NodeRunFlags } from './node-arguments.js';

/** The node cannot be started as it was asked for. The message says what to do. */
export class NodeStartError extends Error {
  override readonly name = 'NodeStartError';
  readonly code = 'ERR_NODE_START';
}

/** The options of the cluster; throws {@link NodeStartError}. Files are read here. */
export function clusterOptionsOf(
  flags: NodeRunFlags,
  env: Readonly<Record<string, string | undefined>>,
): ClusterOptions {
  const { name, host, port, advertiseHost, seeds, tls, allowUnauthenticated } = flags;
  const clusterSecret = secretOf(flags, env['FAULTLINE_SECRET']);
  checkAuthentication(flags, clusterSecret);
  const discovery = discoveryOf(flags);
  return {
    nodeName: name,
    seeds,
    allowUnauthenticated,
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(advertiseHost === undefined ? {} : { advertiseHost }),
    ...(clusterSecret === undefined ? {} : { clusterSecret }),
    ...(tls === undefined ? {} : { tls: readTls(tls) }),
    ...(discovery === undefined ? {} : { discovery }),
    ...(flags.heartbeatMs === undefined ? {} : { heartbeatIntervalMs: flags.heartbeatMs }),
    ...(flags.heartbeatMisses === undefined
      ? {}
      : { heartbeatMissThreshold: flags.heartbeatMisses }),
  };
}

function secretOf(
  { secret, secretFile }: NodeRunFlags,
  inherited: string | undefined,
): string | undefined {
  if (secretFile === undefined) return secret ?? (inherited === '' ? undefined : inherited);
  // Editors and `echo` end a file with a line break, and secrets have none.
  const text = readText('secret-file', secretFile).replace(/\r?\n$/, '');
  if (text === '') throw new NodeStartError(`--secret-file: ${secretFile} is empty`);
  return text;
}

function readTls(tls: NonNullable<NodeRunFlags['tls']>): NonNullable<ClusterOptions['tls']> {
  return {
    cert: readText('tls-cert', tls.cert),
    key: readText('tls-key', tls.key),
    ...(tls.ca === undefined ? {} : { ca: readText('tls-ca', tls.ca) }),
  };
}

function readText(flag: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' ? 'there is no such file' : (error as Error).message;
    throw new NodeStartError(`--${flag}: ${path} cannot be read: ${why}`, { cause: error });
  }
}

// The cluster refuses it too, in the words of its options; this is what to type.
function checkAuthentication(flags: NodeRunFlags, secret: string | undefined): void {
  const { host = CLUSTER_DEFAULTS.HOST, tls, allowUnauthenticated } = flags;
  const isOpen = secret === undefined && tls?.ca === undefined && !allowUnauthenticated;
  if (!isOpen || isLoopback(host)) return;
  throw new NodeStartError(
    `at ${host} anybody could join and run code here: give all nodes one secret, with ` +
      '--secret-file or FAULTLINE_SECRET, or certificates, with --tls-cert, --tls-key and ' +
      '--tls-ca; or leave --host out; or say --allow-unauthenticated on a network that you ' +
      'trust entirely',
  );
}

function discoveryOf({ dns, srv, bonjour }: NodeRunFlags): Discovery | undefined {
  const parts = [
    ...(dns === undefined ? [] : [dnsDiscovery(dns)]),
    ...(srv === undefined ? [] : [srvDiscovery(srv)]),
    ...(bonjour === undefined ? [] : [bonjourDiscovery({ clusterName: bonjour })]),
  ];
  return parts.length > 1 ? allDiscoveries(...parts) : parts[0];
}
