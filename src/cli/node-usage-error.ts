/** The command was called in a way that it does not understand. The message is one line. */
export class NodeUsageError extends Error {
  override readonly name = 'NodeUsageError';

  /** `expected` completes the sentence that begins with the flag's name. */
  static of(flag: string, expected: string, got: string | undefined): NodeUsageError {
    const came = got === undefined || got === '' ? 'nothing' : oneLine(got);
    return new NodeUsageError(`--${flag} expects ${expected}, got ${came}`);
  }
}

export function oneLine(text: string): string {
  const flat = text.replace(/[\s\p{Cc}]+/gu, ' ');
  return flat.length > SHOWN_MAX ? `${flat.slice(0, SHOWN_MAX)}...` : flat;
}

const SHOWN_MAX = 60;
