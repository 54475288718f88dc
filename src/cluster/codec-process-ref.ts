/** A reference to a process as messages carry it; without `nodeId` it is on the sender's node. */
export interface ProcessRef {
  readonly id: string;
  readonly nodeId?: string | undefined;
}

/** Adds the sending node to a reference that has none, so that it still points there elsewhere. */
export type CompleteRef = (ref: ProcessRef) => ProcessRef;

/**
 * Whether the plain object is a process reference without a node. Ids alone would not do: a
 * record of the user's that holds an `id` beside other fields is left as it is.
 */
export function isLocalRef(value: object): value is ProcessRef {
  const { id, nodeId } = value as { id?: unknown; nodeId?: unknown };
  return (
    typeof id === 'string' &&
    nodeId === undefined &&
    PREFIXES.some((prefix) => id.startsWith(prefix)) &&
    Object.keys(value).every((key) => key === 'id' || key === 'nodeId')
  );
}

const PREFIXES = ['genserver_', 'supervisor_', 'dsup_'] as const;
