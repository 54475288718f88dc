import type { Platform } from '../platform/platform.js';
import type { Address, Link, LinkEvents, Transport } from '../platform/transport.js';
import { SecuredLink, type SecuredLinkOptions } from './secured-link.js';

export interface SecuredTransportOptions {
  readonly platform: Pick<Platform, 'timers' | 'log' | 'entropy'>;
  /** What every node of the cluster knows and nobody else. */
  readonly secret: string | Uint8Array;
  /** How long the other side may take for its part of the challenge; 5000 by default. */
  readonly timeoutMs?: number;
}

/**
 * A transport whose links open only between sides that know one secret, over any other transport.
 *
 * A dialler that does not is turned away before anything else is read of it: `accept` never hears
 * of it. An acceptor that does not is `refused`. What crosses afterwards is neither encrypted nor
 * signed: against somebody who can change bytes on the way, use TLS below. The proofs hold for the
 * very connection below where that has a binding of its own: nobody can pass them on.
 */
export class SecuredTransport implements Transport {
  readonly #inner: Transport;
  readonly #options: SecuredLinkOptions;

  constructor(inner: Transport, options: SecuredTransportOptions) {
    const { platform, secret, timeoutMs = 5000 } = options;
    const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret;
    this.#inner = inner;
    this.#options = { platform, secret: bytes, timeoutMs };
  }

  listen(accept: (link: Link) => LinkEvents): Promise<Address> {
    return this.#inner.listen((link) => {
      const secured = new SecuredLink(this.#options, { admit: accept });
      secured.carriedBy(link);
      return secured.below;
    });
  }

  dial(address: Address, events: LinkEvents): Link {
    const secured = new SecuredLink(this.#options, { events });
    secured.carriedBy(this.#inner.dial(address, secured.below));
    return secured;
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
