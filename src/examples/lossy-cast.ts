import { type Context, type GenServerRef, LinkFullError, ServerNotRunningError } from '../index.js';

/**
 * Casts a message that may get lost; false when it is known that it was. For protocols in which
 * whoever waits for an answer asks again: a receiver that has just ended is nothing special there.
 */
export function castOrDrop(
  context: Pick<Context, 'cast'>,
  ref: GenServerRef | undefined,
  message: unknown,
): boolean {
  if (ref === undefined) return false;
  try {
    context.cast(ref, message);
    return true;
  } catch (error) {
    if (error instanceof ServerNotRunningError || error instanceof LinkFullError) return false;
    throw error;
  }
}
