import type { Platform, Log } from '../platform/platform.js';
import type { Transport } from '../platform/transport.js';
import { SecuredTransport } from '../transport/secured.js';
import { TcpTransport } from '../transport/tcp.js';
import { isMutual } from '../transport/tls.js';
import { isLoopback, machineHost, parseAddress } from '../transport/tcp-address.js';
import {
  CLUSTER_DEFAULTS,
  type ClusterOptions,
  InvalidClusterConfigError,
} from './cluster-config.js';
import { FRAME_BYTES_MAX } from './frame.js';

/** A way to the other nodes, and where they find this one. */
export interface Reach {
  readonly transport: Transport;
  /** The host and the port in the node's id. */
  readonly host: string;
  readonly port: number;
}

/**
 * The transport of a node, TCP unless it brings its own. Port 0 is settled here: the port is taken
 * before the node has its id.
 *
 * Rejects with InvalidClusterConfigError when others than this machine could reach a node that
 * takes anybody in, and with ListenError when the port is taken.
 */
export async function reachOf(options: ClusterOptions, platform: Platform): Promise<Reach> {
  const { host = CLUSTER_DEFAULTS.HOST, port = CLUSTER_DEFAULTS.PORT, transport } = options;
  const advertised = options.advertiseHost ?? (WILDCARDS.has(host) ? machineHost() : host);
  const own = transport === undefined ? tcp(options, platform, advertised) : undefined;
  const secured = secure(own ?? (transport as Transport), options, platform);
  const taken = port === 0 && own !== undefined ? await own.reserve() : port;
  return { transport: secured, host: advertised, port: taken };
}

function tcp(options: ClusterOptions, platform: Platform, advertiseHost: string): TcpTransport {
  const { host = CLUSTER_DEFAULTS.HOST, port = CLUSTER_DEFAULTS.PORT, tls } = options;
  const { clusterSecret, allowUnauthenticated = false } = options;
  const { frameBytesMax = FRAME_BYTES_MAX, handshakeTimeoutMs } = options;
  // Without a `ca` of its own anybody would do whom some authority of the system knows.
  const knowsOthers = tls?.ca !== undefined && isMutual(tls);
  if (clusterSecret === undefined && !knowsOthers) {
    if (!isLoopback(host) && !allowUnauthenticated) {
      throw new InvalidClusterConfigError(
        `at ${host} anybody could join and run code here; give all nodes one { clusterSecret }, ` +
          'or { tls } with a { ca }, or listen on 127.0.0.1, ' +
          'or say { allowUnauthenticated: true } on a network that you trust entirely',
      );
    }
    if (isLoopback(host)) warnOfFarSeeds(options.seeds ?? [], platform.log);
  }
  return new TcpTransport({
    platform,
    host,
    port,
    advertiseHost,
    frameBytesMax,
    strangers: {
      max: STRANGERS_MAX,
      frameBytesMax: clusterSecret === undefined ? frameBytesMax : CHALLENGE_BYTES_MAX,
    },
    ...(tls === undefined ? {} : { tls }),
    ...(handshakeTimeoutMs === undefined ? {} : { tlsTimeoutMs: handshakeTimeoutMs }),
  });
}

function secure(inner: Transport, options: ClusterOptions, platform: Platform): Transport {
  const { clusterSecret: secret, handshakeTimeoutMs: timeoutMs } = options;
  if (secret === undefined) return inner;
  if (typeof (secret as unknown) !== 'string' || secret === '') {
    throw new InvalidClusterConfigError('expected clusterSecret to be a string that is not empty');
  }
  return new SecuredTransport(inner, {
    platform,
    secret,
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
  });
}

function warnOfFarSeeds(seeds: readonly string[], log: Log): void {
  for (const seed of seeds) {
    const at = parseAddress(seed.slice(seed.indexOf('@') + 1));
    if (at === undefined || isLoopback(at.host)) continue;
    log.warn('a seed is on another machine, and this node can be reached from its own only', {
      seed,
      remedy: 'give { host } or { advertiseHost }, and a { clusterSecret }',
    });
  }
}

// A node lets in a cluster of any size: each of its peers is a stranger for two round trips.
const STRANGERS_MAX = 256;
// Whoever does not know the secret yet has nothing longer to say.
const CHALLENGE_BYTES_MAX = 1024;
const WILDCARDS: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
