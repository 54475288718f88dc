import { FaultlineError } from '../base/errors.js';
import { isLoopback } from '../transport/tcp-address.js';

/** This worker runs no code of that coordinator. */
export class CodeExecutionRefusedError extends FaultlineError {
  static readonly code = 'ERR_CODE_EXECUTION_REFUSED';
  override readonly name = 'CodeExecutionRefusedError';
  readonly code = CodeExecutionRefusedError.code;

  constructor(
    readonly masterUrl: string,
    readonly missing: string,
  ) {
    super(
      `Expected a coordinator on loopback, got ${masterUrl}: to run the code that another ` +
        `machine ships, give ${missing}; to do tasks with code of your own, give { execute }`,
    );
  }
}

export interface Trust {
  readonly masterUrl: string;
  readonly token: string | undefined;
  readonly allowCodeExecution: boolean;
}

/** Throws {@link CodeExecutionRefusedError} unless this worker may run what is shipped to it. */
export function checkTrust({ masterUrl, token, allowCodeExecution }: Trust): void {
  if (isOnThisMachine(masterUrl)) return;
  const missing = [
    ...(token === undefined ? ['the { token } that both share'] : []),
    ...(allowCodeExecution ? [] : ['{ allowCodeExecution: true }']),
  ];
  if (missing.length > 0) {
    throw new CodeExecutionRefusedError(masterUrl, missing.join(' and '));
  }
}

function isOnThisMachine(masterUrl: string): boolean {
  if (!URL.canParse(masterUrl)) return false;
  return isLoopback(new URL(masterUrl).hostname.replace(/^\[(.*)\]$/, '$1'));
}
