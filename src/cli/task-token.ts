import { readFileSync } from 'node:fs';
import { toError } from '../base/errors.js';
import { NodeStartError } from './node-options.js';

export interface TokenFlags {
  readonly token?: string;
  readonly tokenFile?: string;
}

/**
 * The token that was told: by a flag, in a file, or in the variable. One of spaces alone is none:
 * anybody would guess it. Throws NodeStartError.
 */
export function tokenOf(
  { token, tokenFile }: TokenFlags,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (tokenFile === undefined) {
    const inherited = env['FAULTLINE_TOKEN'] ?? '';
    if (token !== undefined && isBlank(token)) throw new NodeStartError('--token is blank');
    return token ?? (isBlank(inherited) ? undefined : inherited);
  }
  // Editors and `echo` end a file with a line break, and tokens have none.
  const text = readToken(tokenFile).replace(/\r?\n$/, '');
  if (isBlank(text)) throw new NodeStartError(`--token-file: ${tokenFile} is empty`);
  return text;
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}

function readToken(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const why = toError(error).message;
    throw new NodeStartError(`--token-file: ${path} cannot be read: ${why}`, { cause: error });
  }
}
