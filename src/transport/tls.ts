import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions, TlsOptions as ServerOptions, TLSSocket } from 'node:tls';
import type { HostPort } from './tcp-address.js';

/** Certificates and keys, each as PEM text, as bytes, or as the path of a file. */
export interface TlsOptions {
  readonly cert: string | Uint8Array;
  readonly key: string | Uint8Array;
  /** Who signs the others' certificates; the system's authorities when absent. */
  readonly ca?: string | Uint8Array;
  /** Both sides show a certificate that `ca` signed; true by default when `ca` is given. */
  readonly mutual?: boolean;
  /** The name that the others' certificates bear, when it is not the host that is dialled. */
  readonly serverName?: string;
}

/** Every node speaks 1.3, and only there does each connection have an exporter of its own. */
const MIN_VERSION = 'TLSv1.3';

export function tlsServerOptions(tls: TlsOptions, handshakeTimeoutMs: number): ServerOptions {
  return {
    ...material(tls),
    minVersion: MIN_VERSION,
    handshakeTimeout: handshakeTimeoutMs,
    requestCert: isMutual(tls),
    // Node would turn it away without a word: `wrongCertificate` says why.
    rejectUnauthorized: false,
  };
}

/** Why the certificate of an accepted dial does not do; undefined when it does. */
export function wrongCertificate(socket: TLSSocket, tls: TlsOptions): Error | undefined {
  if (!isMutual(tls) || socket.authorized) return undefined;
  const { authorizationError } = socket as { authorizationError: unknown };
  return new Error(`its certificate was not accepted: ${String(authorizationError)}`);
}

/** Whether both sides show a certificate. */
export function isMutual(tls: TlsOptions): boolean {
  return tls.mutual ?? tls.ca !== undefined;
}

export function tlsClientOptions(tls: TlsOptions, { host }: HostPort): ConnectionOptions {
  const { serverName = isIP(host) === 0 ? host : undefined } = tls;
  return {
    ...material(tls),
    minVersion: MIN_VERSION,
    rejectUnauthorized: true,
    ...(serverName === undefined ? {} : { servername: serverName }),
  };
}

function material({ cert, key, ca }: TlsOptions) {
  return { cert: pem(cert), key: pem(key), ...(ca === undefined ? {} : { ca: pem(ca) }) };
}

function pem(source: string | Uint8Array): Buffer {
  if (typeof source !== 'string') return Buffer.from(source);
  return source.includes('-----BEGIN') ? Buffer.from(source) : readFileSync(source);
}
