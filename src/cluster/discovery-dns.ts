import { promises as dns } from 'node:dns';
import type { Discovery } from './discovery.js';

/** How names are looked up. */
export interface DnsOptions {
  /**
   * Name servers to ask, as `address` or `address:port`; those of the machine by default. Only by
   * default is a host looked up as any program does it, with the hosts file and search domains.
   */
  readonly servers?: readonly string[];
}

/** The nodes at the addresses (A and AAAA) of one host name, all of which listen at one port. */
export function dnsDiscovery(
  { host, port }: { readonly host: string; readonly port: number },
  options: DnsOptions = {},
): Discovery {
  const { servers } = options;
  const resolver = servers === undefined ? undefined : resolverAt(servers);
  const addresses = async (): Promise<readonly string[]> => {
    if (resolver !== undefined) {
      const asked = [resolver.resolve4(host), resolver.resolve6(host)].map(orNobody);
      return (await Promise.all(asked)).flat();
    }
    const answers = await orNobody(dns.lookup(host, { all: true }));
    return answers.map(({ address }) => address);
  };
  return {
    find: async () => (await addresses()).map((address) => addressText(address, port)),
    close: () => resolver?.cancel(),
  };
}

/** The nodes that the SRV records of a name such as `_faultline._tcp.example.org` point at. */
export function srvDiscovery(service: string, options: DnsOptions = {}): Discovery {
  const resolver = resolverAt(options.servers);
  return {
    // Every target is a node, so priority and weight choose none: they only say whom to ask first.
    find: async () =>
      [...(await orNobody(resolver.resolveSrv(service)))]
        .sort((left, right) => left.priority - right.priority || right.weight - left.weight)
        .map(({ name, port }) => addressText(name, port)),
    close: () => resolver.cancel(),
  };
}

function resolverAt(servers: readonly string[] | undefined): dns.Resolver {
  const resolver = new dns.Resolver({ timeout: ANSWER_TIMEOUT_MS, tries: TRIES });
  if (servers !== undefined) resolver.setServers(servers);
  return resolver;
}

// A name without records is one whose nodes are not there yet; every other failure says nothing.
async function orNobody<Answer>(asked: Promise<Answer[]>): Promise<Answer[]> {
  try {
    return await asked;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTFOUND' || code === 'ENODATA') return [];
    throw error;
  }
}

function addressText(host: string, port: number): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

const ANSWER_TIMEOUT_MS = 2000;
const TRIES = 2;
