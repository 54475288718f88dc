import { type FenceOwner, readFenceOwner } from '../base/fence.js';
import {
  type RecordChange,
  type SupervisorRecord,
  fieldsOf,
  packRecord,
  readAll,
  readChange,
  readRecord,
} from './supervisor-record.js';

/** What nodes tell each other about supervisors. */
export type ReplicaMessage =
  /** All supervisors of the sender: what else it owned is over. */
  | { readonly kind: 'mine'; readonly ids: readonly string[] }
  | { readonly kind: 'state'; readonly record: SupervisorRecord }
  | { readonly kind: 'change'; readonly change: RecordChange }
  /** The sender keeps this version. */
  | {
      readonly kind: 'kept';
      readonly id: string;
      readonly owner: FenceOwner;
      readonly version: number;
    }
  /** The sender lacks something in between. */
  | { readonly kind: 'behind'; readonly id: string }
  /** The supervisor has ended for good. */
  | { readonly kind: 'over'; readonly id: string; readonly owner: FenceOwner }
  /** Somebody with a better claim has it. */
  | { readonly kind: 'superseded'; readonly id: string; readonly owner: FenceOwner }
  /** The sender has given its vote to this later term, and keeps nothing for the owner any more. */
  | {
      readonly kind: 'outvoted';
      readonly id: string;
      readonly owner: FenceOwner;
      readonly term: number;
    }
  /** The owner asks a voter to vote for nobody else for so long, at this time of its own clock. */
  | {
      readonly kind: 'bind';
      readonly id: string;
      readonly owner: FenceOwner;
      readonly askedMs: number;
      readonly forMs: number;
    }
  /** The sender will vote for nobody else, as it was asked to at `askedMs`. */
  | {
      readonly kind: 'bound';
      readonly id: string;
      readonly owner: FenceOwner;
      readonly askedMs: number;
    }
  | {
      readonly kind: 'ask';
      readonly id: string;
      readonly term: number;
      /** Whether a vote binds; otherwise this only finds out whether it would be given. */
      readonly binding: boolean;
      /** What the candidate would go on with. */
      readonly owner: FenceOwner;
      readonly version: number;
    }
  | {
      readonly kind: 'vote';
      readonly id: string;
      readonly term: number;
      readonly binding: boolean;
      readonly granted: boolean;
      /** The sender knows nothing of this owner's supervisor, and will not hear of it from him. */
      readonly lacks: boolean;
    };

/** As plain data. */
export function packReplicaMessage(message: ReplicaMessage): unknown {
  if (message.kind === 'state') return { ...message, record: packRecord(message.record) };
  return message;
}

/** `undefined` when it is no message. */
export function readReplicaMessage(value: unknown): ReplicaMessage | undefined {
  const fields = fieldsOf(value);
  const { kind, id, term, version, binding, granted, lacks, askedMs, forMs } = fields;
  const owner = readFenceOwner(fields['owner']);
  switch (kind) {
    case 'mine': {
      const ids = readAll(fields['ids'], (one) => (typeof one === 'string' ? one : undefined));
      return ids && { kind, ids };
    }
    case 'state': {
      const record = readRecord(fields['record']);
      return record && { kind, record };
    }
    case 'change': {
      const change = readChange(fields['change']);
      return change && { kind, change };
    }
    case 'behind':
      return typeof id === 'string' ? { kind, id } : undefined;
    case 'over':
    case 'superseded':
      return typeof id === 'string' && owner ? { kind, id, owner } : undefined;
    case 'outvoted':
      if (typeof id !== 'string' || owner === undefined || !isCount(term)) return undefined;
      return { kind, id, owner, term };
    case 'kept':
      if (typeof id !== 'string' || owner === undefined || !isCount(version)) return undefined;
      return { kind, id, owner, version };
    case 'bind':
      if (typeof id !== 'string' || owner === undefined) return undefined;
      if (!isTime(askedMs) || !isTime(forMs) || forMs < 0) return undefined;
      return { kind, id, owner, askedMs, forMs };
    case 'bound':
      if (typeof id !== 'string' || owner === undefined || !isTime(askedMs)) return undefined;
      return { kind, id, owner, askedMs };
    case 'ask':
      if (typeof id !== 'string' || owner === undefined || typeof binding !== 'boolean')
        return undefined;
      if (!isCount(version) || !isCount(term)) return undefined;
      return { kind, id, term, binding, owner, version };
    case 'vote':
      if (typeof id !== 'string' || !isCount(term)) return undefined;
      if (typeof granted !== 'boolean' || typeof binding !== 'boolean') return undefined;
      if (typeof lacks !== 'boolean') return undefined;
      return { kind, id, term, binding, granted, lacks };
    default:
      return undefined;
  }
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
