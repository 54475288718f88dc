import { toError } from '../base/errors.js';
import { ListenError } from '../platform/transport.js';

/** Why a command could not start, in the words of its flags where those of the options differ. */
export function startAdvice(thrown: unknown): { readonly message: string; readonly code?: string } {
  const error = toError(thrown);
  const { code } = error as NodeJS.ErrnoException;
  return { message: adviceOf(error), ...(code === undefined ? {} : { code }) };
}

function adviceOf(error: Error): string {
  if (!(error instanceof ListenError)) return error.message;
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
