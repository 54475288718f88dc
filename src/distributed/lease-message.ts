import { type FenceOwner, readFenceOwner } from '../base/fence.js';
import { fieldsOf } from './supervisor-record.js';

/** What hosts and owners of children tell each other about the right to act. */
export interface LeaseMessage {
  /**
   * `ask`: a host wants to go on with what it runs for the supervisor. Whatever it runs was
   * reported on the same link before. `give`: it may.
   */
  readonly kind: 'ask' | 'give';
  readonly supervisorId: string;
  /** Who is asked, as far as the host knows. */
  readonly owner: FenceOwner;
  /** When it was asked, by the host's clock; comes back in the answer. */
  readonly askedMs: number;
}

/** `undefined` when it is no message. */
export function readLeaseMessage(value: unknown): LeaseMessage | undefined {
  const { kind, supervisorId, owner: told, askedMs } = fieldsOf(value);
  const owner = readFenceOwner(told);
  if (kind !== 'ask' && kind !== 'give') return undefined;
  if (typeof supervisorId !== 'string' || owner === undefined) return undefined;
  if (typeof askedMs !== 'number' || !Number.isFinite(askedMs)) return undefined;
  return { kind, supervisorId, owner, askedMs };
}
