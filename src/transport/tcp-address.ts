import type { Socket } from 'node:net';
import { hostname, networkInterfaces } from 'node:os';
import type { Address } from '../platform/transport.js';

/** Host and port of an address such as `db1:4369`, `10.0.0.7:4369` or `[::1]:4369`. */
export interface HostPort {
  readonly host: string;
  readonly port: number;
}

/** `undefined` when it is no such address. */
export function parseAddress(address: Address): HostPort | undefined {
  const [, bracketed, plain, digits] =
    /^(?:\[([^\]]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

export function formatAddress({ host, port }: HostPort): Address {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}

/** The address of the other end of a connection; undefined once it is gone. */
export function remoteOf({ remoteAddress: host, remotePort: port }: Socket): Address | undefined {
  return host === undefined || port === undefined ? undefined : formatAddress({ host, port });
}

/** The name under which this machine may be known to others. */
export function machineHost(): string {
  return hostname();
}

/** Whether only this machine can reach it. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** Whether it is one of this machine's own addresses. */
export function isOwnAddress(address: string | undefined): boolean {
  if (address === undefined) return false;
  if (isLoopback(address)) return true;
  return Object.values(networkInterfaces()).some((addresses) => {
    return addresses?.some((each) => each.address === address);
  });
}
