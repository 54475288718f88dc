import type { Fence, FenceOwner } from '../base/fence.js';
import { compareFenceOwners, readFence, readFenceOwner } from '../base/fence.js';
import { NodeId } from '../base/node-id.js';
import type { RememberedState } from '../otp/supervision/kernel-memory.js';

/** What other nodes know of a supervisor: enough to answer questions, and to go on with it. */
export interface SupervisorRecord {
  readonly head: SupervisorHead;
  /** Grows with every change in one term. */
  readonly version: number;
  /** In start order. */
  readonly children: Map<string, ChildRecord>;
}

/** All of a record but its children. */
export interface SupervisorHead {
  readonly id: string;
  /** Its global name. */
  readonly name: string | undefined;
  readonly owner: FenceOwner;
  /** The options that it was started with, packed. */
  readonly settings: Uint8Array;
  /** Wall-clock milliseconds. */
  readonly startedAt: number;
  readonly totalRestarts: number;
  readonly nodeFailureRestarts: number;
  /** How many children were made from the template so far. */
  readonly madeCount: number;
  /** The number of the latest start of a child. */
  readonly attempts: number;
  /** It is on its way to its end, on whatever account: who goes on with it brings that about. */
  readonly isEnding: boolean;
  /** How long ago each restart was that counts, when the record was sent. */
  readonly restartAgesMs: readonly number[];
  /** Who may take it over, in this order. */
  readonly standbys: readonly NodeLife[];
  readonly votesNeeded: number;
  /** Who votes; those without a life are not admitted now. */
  readonly voters: readonly Voter[];
}

/** A node, and the life of it that has kept the record. */
export interface NodeLife {
  readonly nodeId: NodeId;
  readonly life: bigint;
}

/** A node that votes, and the life of it that may. */
export interface Voter {
  readonly nodeId: NodeId;
  readonly life: bigint | undefined;
}

export interface ChildRecord {
  readonly id: string;
  /** The spec that it was started with, packed. */
  readonly spec: Uint8Array;
  readonly state: RememberedState;
  /** The number of its latest start. */
  readonly attempt: number;
  readonly restartCount: number;
  /** What runs, or ran last. */
  readonly handle: RecordedHandle | undefined;
}

export interface RecordedHandle {
  readonly processId: string;
  readonly nodeId: NodeId;
  readonly fence: Fence;
  /** Wall-clock milliseconds. */
  readonly startedAt: number;
}

/** What changed in a record since the version before. */
export interface RecordChange {
  readonly head: SupervisorHead;
  readonly version: number;
  /** Left out first; one that comes again has gone to the end. */
  readonly removed: readonly string[];
  readonly changed: readonly ChildRecord[];
}

/**
 * The record after the change, which is made in place; `undefined` when the change is not the next
 * one, so that something in between is missing.
 */
export function applyChange(
  record: SupervisorRecord,
  { head, version, removed, changed }: RecordChange,
): SupervisorRecord | undefined {
  if (head.id !== record.head.id || version !== record.version + 1) return undefined;
  if (compareFenceOwners(head.owner, record.head.owner) !== 0) return undefined;
  const { children } = record;
  for (const id of removed) children.delete(id);
  for (const child of changed) children.set(child.id, child);
  return { head, version, children };
}

/** As plain data. */
export function packRecord({ head, version, children }: SupervisorRecord): unknown {
  return { head, version, children: [...children.values()] };
}

/** `undefined` when it is no record. */
export function readRecord(value: unknown): SupervisorRecord | undefined {
  const { head, version, children } = fieldsOf(value);
  const read = readHead(head);
  const known = readAll(children, readChild);
  if (read === undefined || known === undefined || !isCount(version)) return undefined;
  return { head: read, version, children: new Map(known.map((child) => [child.id, child])) };
}

/** `undefined` when it is no change. */
export function readChange(value: unknown): RecordChange | undefined {
  const { head, version, removed, changed } = fieldsOf(value);
  const read = readHead(head);
  const gone = readAll(removed, readText);
  const children = readAll(changed, readChild);
  if (read === undefined || !isCount(version)) return undefined;
  if (gone === undefined || children === undefined) return undefined;
  return { head: read, version, removed: gone, changed: children };
}

function readHead(value: unknown): SupervisorHead | undefined {
  const fields = fieldsOf(value);
  const { id, name, settings, startedAt, isEnding } = fields;
  const { totalRestarts, nodeFailureRestarts, madeCount, attempts, votesNeeded } = fields;
  const owner = readFenceOwner(fields['owner']);
  const restartAgesMs = readAll(fields['restartAgesMs'], readDuration);
  const standbys = readAll(fields['standbys'], readLife);
  const voters = readAll(fields['voters'], readVoter);
  if (typeof id !== 'string' || owner === undefined) return undefined;
  if (name !== undefined && typeof name !== 'string') return undefined;
  if (!(settings instanceof Uint8Array) || typeof startedAt !== 'number') return undefined;
  if (!isCount(totalRestarts) || !isCount(nodeFailureRestarts)) return undefined;
  if (typeof isEnding !== 'boolean') return undefined;
  if (!isCount(madeCount) || !isCount(attempts) || !isCount(votesNeeded)) return undefined;
  if (restartAgesMs === undefined || standbys === undefined || voters === undefined)
    return undefined;
  const counts = { totalRestarts, nodeFailureRestarts, madeCount, attempts, votesNeeded, isEnding };
  // A copy: what came lies in a buffer that the link may use again.
  const kept = { settings: new Uint8Array(settings), restartAgesMs, standbys, voters };
  return { id, name, owner, startedAt, ...counts, ...kept };
}

function readVoter(value: unknown): Voter | undefined {
  const { nodeId, life } = fieldsOf(value);
  const node = readNode(nodeId);
  if (node === undefined || (life !== undefined && typeof life !== 'bigint')) return undefined;
  return { nodeId: node, life };
}

function readLife(value: unknown): NodeLife | undefined {
  const { nodeId, life } = readVoter(value) ?? {};
  return nodeId === undefined || life === undefined ? undefined : { nodeId, life };
}

function readChild(value: unknown): ChildRecord | undefined {
  const { id, spec, state, attempt, restartCount, handle } = fieldsOf(value);
  if (typeof id !== 'string' || !(spec instanceof Uint8Array)) return undefined;
  if (state !== 'running' && state !== 'coming' && state !== 'stopped') return undefined;
  if (!isCount(attempt) || !isCount(restartCount)) return undefined;
  const read = handle === undefined ? undefined : readHandle(handle);
  if (handle !== undefined && read === undefined) return undefined;
  return { id, spec: new Uint8Array(spec), state, attempt, restartCount, handle: read };
}

function readHandle(value: unknown): RecordedHandle | undefined {
  const { processId, nodeId, fence, startedAt } = fieldsOf(value);
  const node = readNode(nodeId);
  const read = readFence(fence);
  if (typeof processId !== 'string' || typeof startedAt !== 'number') return undefined;
  if (node === undefined || read === undefined) return undefined;
  return { processId, nodeId: node, fence: read, startedAt };
}

function readNode(value: unknown): NodeId | undefined {
  return typeof value === 'string' ? NodeId.tryParse(value) : undefined;
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function readDuration(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? value : undefined;
}

/** Every item read; `undefined` when it is no list, or any item is none. */
export function readAll<Item>(
  value: unknown,
  readItem: (item: unknown) => Item | undefined,
): Item[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: Item[] = [];
  for (const one of value as unknown[]) {
    const item = readItem(one);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

/** The fields of an object; none of anything else. */
export function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}
