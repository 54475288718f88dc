import { FaultlineError } from '../base/errors.js';

/**
 * What is wrong with a frame.
 *
 * - `oversized`: more bytes than a frame may have.
 * - `unknown-version`, `unknown-kind`, `unknown-header`: from another version of the protocol.
 * - `malformed`: bytes, or a field, that break the rules of its kind.
 */
export type FrameProblem =
  'oversized' | 'unknown-version' | 'unknown-kind' | 'unknown-header' | 'malformed';

/**
 * A frame that cannot be: on the sender nothing was sent; on the receiver the link that it came
 * over is closed, since whatever follows cannot be trusted either.
 */
export class FrameError extends FaultlineError {
  static readonly code = 'ERR_FRAME';
  override readonly name = 'FrameError';
  readonly code = FrameError.code;

  constructor(
    readonly problem: FrameProblem,
    message: string,
  ) {
    super(message);
  }
}

export function malformedFrame(found: string): FrameError {
  return new FrameError('malformed', `Expected a frame, got ${found}`);
}
