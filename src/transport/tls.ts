import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions, TlsOptions as ServerOptions } from 'node:tls';
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

export function tlsServerOptions(tls: TlsOptions): ServerOptions {
  const mutual = tls.mutual ?? tls.ca !== undefined;
  return {
    ...material(tls),
    minVersion: 'TLSv1.2',
    requestCert: mutual,
    rejectUnauthorized: mutual,
  };
}

export function tlsClientOptions(tls: TlsOptions, { host }: HostPort): ConnectionOptions {
  const { serverName = isIP(host) === 0 ? host : undefined } = tls;
  return {
    ...material(tls),
    minVersion: 'TLSv1.2',
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
