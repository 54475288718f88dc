import type { RootDatabase } from 'lmdb';
import { toError } from '../base/errors.js';
import type { Platform } from '../platform/platform.js';

/**
 * Resolves when what `act` does to the database is committed. Rejects with what the system said, or
 * with what `act` threw: what that put before it threw is committed all the same.
 */
export async function committed(
  root: RootDatabase,
  timers: Platform['timers'],
  act: () => void,
): Promise<void> {
  try {
    await root.transaction(act);
  } catch (thrown) {
    const { commitError } = thrown as { readonly commitError?: Promise<never> };
    throw commitError === undefined ? thrown : await reasonOf(commitError, toError(thrown), timers);
  }
}

/**
 * What the database says of a commit that failed. Nobody else listens to that promise, and nobody
 * would end it if the database forgot to.
 */
async function reasonOf(
  commitError: Promise<never>,
  otherwise: Error,
  timers: Platform['timers'],
): Promise<Error> {
  return new Promise((resolve) => {
    const timer = timers.after(REASON_WITHIN_MS, () => resolve(otherwise));
    commitError.catch((error: unknown) => {
      timer.cancel();
      resolve(toError(error));
    });
  });
}

/**
 * Lets a database be closed whose last commit failed: it would wait for the disk to have that, for
 * ever. A commit of nothing, which needs no disk, takes its place.
 */
export async function pastFailure(root: RootDatabase, timers: Platform['timers']): Promise<void> {
  await committed(root, timers, () => undefined).catch(() => undefined);
}

const REASON_WITHIN_MS = 1000;
