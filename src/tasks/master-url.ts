import { InvalidOptionError } from '../otp/option.js';

/** Throws InvalidOptionError for what is no URL of a coordinator; it may be left out. */
export function checkMasterUrl(masterUrl: unknown): void {
  if (masterUrl === undefined) return;
  if (typeof masterUrl === 'string' && SCHEME.test(masterUrl) && URL.canParse(masterUrl)) return;
  throw new InvalidOptionError('masterUrl', 'a URL such as http://127.0.0.1:4000', masterUrl);
}

const SCHEME = /^(?:http|ws)s?:\/\//i;
