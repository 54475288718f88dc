/** One task as it crosses to a thread. */
export interface ThreadTask {
  /** What the thread imports. */
  readonly href: string;
  /** The export to be called. */
  readonly name: string;
  readonly args: readonly unknown[];
}

/** What came of it. */
export type ThreadOutcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly error: ThreadFailure }
  | { readonly kind: 'unloadable'; readonly error: ThreadFailure }
  | { readonly kind: 'nameless' };

/** An error as it crosses, which cloning alone would strip of its name and code. */
export interface ThreadFailure {
  readonly message: string;
  readonly name: string | undefined;
  readonly code: string | undefined;
  readonly stack: string | undefined;
}

/** The error again, on this side. */
export function errorOf({ message, name, code, stack }: ThreadFailure): Error {
  const error = new Error(message);
  const own = Object.entries({ name, code, stack }).filter(([, value]) => value !== undefined);
  for (const [key, value] of own) {
    Object.defineProperty(error, key, { value, writable: true, configurable: true });
  }
  return error;
}
