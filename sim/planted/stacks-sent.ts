import * as original from '../../src/cluster/frame.js';

export * from '../../src/cluster/frame.js';

/**
 * Not deterministic: heartbeats bear the depth of the engine's stack, and below the node's own code
 * that shows which lane it runs in.
 */
export const encodeFrame: typeof original.encodeFrame = (frame) =>
  original.encodeFrame(
    frame.kind === 'heartbeat' ? { ...frame, sequence: frame.sequence + stackLength() } : frame,
  );

function stackLength(): number {
  const before = Error.stackTraceLimit;
  Error.stackTraceLimit = Infinity;
  const { stack = '' } = new Error();
  Error.stackTraceLimit = before;
  return stack.length;
}
