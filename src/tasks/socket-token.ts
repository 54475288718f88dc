import { createHash, timingSafeEqual } from 'node:crypto';
import { isLoopback } from '../transport/tcp-address.js';
import { TokenRequiredError } from './task-error.js';

/** Throws TokenRequiredError when others can reach `host` and there is no token. */
export function checkReach(host: string, token: string | undefined): void {
  if (token !== undefined && token !== '') return;
  if (!isLoopback(host)) throw new TokenRequiredError(host);
}

/** Whether what was shown is the token. How long that takes tells nothing about it. */
export function isToken(shown: string | undefined, token: string): boolean {
  return shown !== undefined && timingSafeEqual(digestOf(shown), digestOf(token));
}

// Digests have one length, whatever was shown.
function digestOf(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
