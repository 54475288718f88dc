import { PROTOCOL_VERSION } from '../../src/cluster/frame.js';
import { kindByNumber } from '../../src/cluster/frame-kind.js';

/**
 * The name of the kind of a frame, such as `heartbeat` or `spawn`, read from its first bytes alone.
 * `undefined` for bytes that are no frame of a cluster.
 */
export function frameKindOf(bytes: Uint8Array): string | undefined {
  const [version, number] = bytes;
  if (version !== PROTOCOL_VERSION || number === undefined) return undefined;
  return kindByNumber(number)?.[0];
}
