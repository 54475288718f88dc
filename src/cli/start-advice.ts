import { toError } from '../base/errors.js';
import { ListenError } from '../platform/transport.js';

/** Why a command could not start, in the words of its flags where those of the options differ. */
export function startAdvice(thrown: unknown): { readonly message: string; readonly code?: string } {
  const error = toError(thrown);
  const { code } = error as NodeJS.ErrnoException;
  return { message: adviceOf(error), ...(code === undefined ? {} : { code }) };
}

/** What a worker says of a coordinator that it cannot reach, with what to do if that is known. */
export function reachAdvice(message: string): string {
  if (!/^cannot reach the coordinator.* server response: (?:200|4\d\d)$/.test(message)) {
    return message;
  }
  const advice = '--master names the port for workers: --port of the coordinator, not --http-port';
  return `${message}; something else answers there: ${advice}`;
}

function adviceOf(error: Error): string {
  if (!(error instanceof ListenError)) return inFlags(error.message);
  const port = error.address.slice(error.address.lastIndexOf(':') + 1);
  switch ((error.cause as NodeJS.ErrnoException | undefined)?.code) {
    case 'EADDRINUSE':
      return `port ${port} is taken; choose another one with --port or --http-port, 0 for any free`;
    case 'EACCES':
      return `port ${port} is not for this user; choose one from 1024 on`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `${error.address} is no address of this machine; --host says where to listen`;
    default:
      return error.message;
  }
}

function inFlags(message: string): string {
  return FLAGS.reduce((text, [option, flag]) => text.replaceAll(option, flag), message);
}

/** Options in the words of messages, and the flags that stand for them. */
const FLAGS: readonly (readonly [option: string, flag: string])[] = [
  ['the { token } that both share', 'the token that both share with --token-file FILE'],
  ['the same { token }', 'the same --token-file FILE'],
  ['give { token }, the same', 'give --token-file FILE, the same'],
  ['{ allowCodeExecution: true }', '--allow-code-execution'],
  ['{ execute }', '--module FILE'],
  ['{ masterUrl }', '--master URL'],
  ['a { workerId } of its own', 'a --name of its own'],
  ['{ workerId }', '--name'],
  ['one with enableBonjour', 'one without --no-bonjour'],
];
