import type { EventEmitter } from 'node:events';
import { createRequire } from 'node:module';
import type { Bonjour } from 'bonjour-service';

/** Where multicast DNS is spoken: all interfaces and port 5353 unless told otherwise. */
export interface BonjourPlace {
  /** The IPv4 address of the one interface to ask and answer on. */
  readonly interface?: string;
  readonly port?: number;
}

/** One socket that asks and answers. */
export interface Responder {
  readonly bonjour: Bonjour;
  /** What is beneath it, which may ask for itself. */
  readonly mdns: Mdns;
}

export interface Mdns extends EventEmitter {
  query(name: string, type: string, sent: (error?: Error | null) => void): void;
}

/** `failed` is told when the network takes no multicast, maybe more than once. */
export function openResponder(
  { interface: address, port }: BonjourPlace,
  failed: (error: Error) => void,
): Responder {
  // Loaded by those who use it, and by nobody else: it takes a tenth of the start of a program.
  const bonjourService = createRequire(import.meta.url)('bonjour-service') as BonjourModule;
  const bonjour = new bonjourService.Bonjour({
    ...(port === undefined ? {} : { port }),
    // Bound to the address of an interface, a socket would hear no multicast.
    ...(address === undefined ? {} : { interface: address, bind: '0.0.0.0' }),
  });
  const { mdns } = (bonjour as unknown as BonjourInsides).server;
  // The package tells nobody of a socket that fails: without a listener that ends the process.
  mdns.on('error', failed);
  return { bonjour, mdns };
}

/** Takes back what was announced. */
export async function closeResponder({ bonjour }: Responder): Promise<void> {
  await new Promise<void>((resolve) => bonjour.unpublishAll(resolve));
  await new Promise<void>((resolve) => bonjour.destroy(resolve));
}

interface BonjourInsides {
  readonly server: { readonly mdns: Mdns };
}

interface BonjourModule {
  readonly Bonjour: new (options: {
    readonly port?: number;
    readonly interface?: string;
    readonly bind?: string;
  }) => Bonjour;
}
