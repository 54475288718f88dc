import type { Context, MiddlewareHandler } from 'hono';
import { isLoopback } from '../transport/tcp-address.js';
import { isToken } from './socket-token.js';

export interface GuardOptions {
  readonly token: string | undefined;
  /** Whether the server listens on loopback. */
  readonly isLocal: boolean;
}

/**
 * Lets through who may ask. It looks at headers alone, so a refused request has changed nothing.
 *
 * Where no token is asked for, the names in `Host` and `Origin` keep web pages out: any page that a
 * browser of this machine shows can send requests here, and one whose name is pointed at 127.0.0.1
 * can read the answers too.
 */
export function guard(options: GuardOptions): MiddlewareHandler {
  return async (c, next) => {
    const refusal = refusalOf(c, options);
    if (refusal === undefined) {
      await next();
      c.header('x-content-type-options', 'nosniff');
      c.header('cache-control', 'no-store');
      return undefined;
    }
    const { status, error } = refusal;
    // A browser asks its user for a password; nobody else needs to know of that.
    const isPage = status === 401 && (c.req.header('accept') ?? '').includes('text/html');
    const challenge = `Bearer realm="faultline"${isPage ? ', Basic realm="faultline"' : ''}`;
    return c.json({ error }, status, status === 401 ? { 'www-authenticate': challenge } : {});
  };
}

interface Refusal {
  readonly status: 401 | 403;
  readonly error: string;
}

function refusalOf(c: Context, { token, isLocal }: GuardOptions): Refusal | undefined {
  const host = c.req.header('host') ?? '';
  if (isLocal && token === undefined && !isLoopback(hostNameOf(host))) {
    return {
      status: 403,
      error: `Expected the Host header to name this machine, such as ${LOCAL}`,
    };
  }
  const origin = c.req.header('origin');
  if (origin !== undefined && !isSameHost(origin, host)) {
    return {
      status: 403,
      error: 'Expected a request of the coordinator itself, not of another page',
    };
  }
  if (token === undefined || hasToken(c.req.header('authorization'), token)) return undefined;
  const error = 'Expected the token of this coordinator, as Authorization: Bearer TOKEN';
  return { status: 401, error };
}

function hasToken(authorization: string | undefined, token: string): boolean {
  const [scheme = '', value = ''] = (authorization ?? '').split(/ +/, 2);
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return isToken(value, token);
    case 'basic': {
      // Whatever the name, the password is the token.
      const pair = Buffer.from(value, 'base64').toString('utf8');
      return isToken(pair.slice(pair.indexOf(':') + 1), token);
    }
    default:
      return false;
  }
}

function isSameHost(origin: string, host: string): boolean {
  const [, originHost] = /^https?:\/\/(.+)$/.exec(origin) ?? [];
  return originHost !== undefined && originHost.toLowerCase() === host.toLowerCase();
}

function hostNameOf(host: string): string {
  return host
    .replace(/:\d+$/, '')
    .replace(/^\[(.*)\]$/, '$1')
    .toLowerCase();
}

const LOCAL = '127.0.0.1 or localhost';
