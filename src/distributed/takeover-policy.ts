import { describe } from '../base/errors.js';
import { NodeId } from '../base/node-id.js';
import { InvalidOptionError } from '../otp/option.js';

/**
 * Who may act while a cluster is split.
 *
 * - `available`: each side on its own. Children may run twice until the split is over; then the
 *   higher term wins, and what the other side ran and changed is ended and forgotten.
 * - `majority`: the side that more than half of the voters are on. The other side starts nothing.
 * - `{ quorum }`: the side with at least so many voters. Two sides may have them unless `quorum` is
 *   more than half.
 */
export type PartitionPolicy = 'available' | 'majority' | { readonly quorum: number };

/** How a supervisor survives the loss of its node. */
export interface TakeoverOptions {
  /**
   * Which nodes keep what the supervisor knows and may take it over: so many of those that are
   * connected, or these. All by default.
   */
  readonly standbys?: number | readonly NodeId[];
  /**
   * Who votes on a takeover where the partition policy asks for votes: fixed from the start, at
   * least three. The nodes that are connected when the supervisor starts by default.
   */
  readonly voters?: readonly NodeId[];
}

/** Checked, with the defaults filled in. */
export interface TakeoverPolicy {
  readonly standbys: number | readonly NodeId[];
  /** Empty when nobody is asked. */
  readonly voters: readonly NodeId[];
  /** How many votes it takes to act; 0 when nobody is asked. */
  readonly votesNeeded: number;
}

/** What the supervisor is started with, as far as it bears on takeover. */
export interface TakeoverChoice {
  readonly takeover?: boolean | TakeoverOptions;
  readonly partition?: PartitionPolicy;
}

/**
 * The policy that the options ask for; `undefined` when the supervisor ends with its node.
 * `present` are the connected nodes and this one. Throws InvalidOptionError.
 */
export function takeoverPolicy(
  { takeover = false, partition }: TakeoverChoice,
  present: readonly NodeId[],
): TakeoverPolicy | undefined {
  if (partition !== undefined) checkPartition(partition);
  if (takeover === false) {
    if (partition === undefined || partition === 'available') return undefined;
    const expected = 'to go with { takeover }: nobody else would act for the supervisor';
    throw new InvalidOptionError('partition', expected, partition);
  }
  const { standbys = Infinity, voters } = checkTakeover(takeover);
  if (partition === undefined || partition === 'available') {
    if (voters === undefined) return { standbys, voters: [], votesNeeded: 0 };
    throw new InvalidOptionError('takeover.voters', "to go with partition: 'majority'", voters);
  }
  const electorate = voters ?? present;
  if (electorate.length < VOTERS_MIN) {
    const expected = `at least ${VOTERS_MIN} nodes, so that a majority outlives the loss of one`;
    throw new InvalidOptionError('takeover.voters', expected, electorate);
  }
  const votesNeeded =
    partition === 'majority' ? Math.floor(electorate.length / 2) + 1 : partition.quorum;
  if (votesNeeded <= electorate.length) return { standbys, voters: electorate, votesNeeded };
  const expected = `a quorum of at most ${electorate.length}, the number of voters`;
  throw new InvalidOptionError('partition', expected, partition);
}

function checkPartition(value: PartitionPolicy): void {
  if (value === 'available' || value === 'majority') return;
  const quorum = (value as { quorum?: unknown } | null | undefined)?.quorum;
  if (Number.isSafeInteger(quorum) && (quorum as number) > 0) return;
  const expected = `'available', 'majority' or { quorum: a whole number above 0 }`;
  throw new InvalidOptionError('partition', expected, value);
}

function checkTakeover(takeover: true | TakeoverOptions): TakeoverOptions {
  if (takeover === true) return {};
  if (typeof (takeover as unknown) !== 'object' || (takeover as unknown) === null) {
    throw new InvalidOptionError('takeover', 'a boolean or { standbys, voters }', takeover);
  }
  const { standbys, voters } = takeover;
  if (typeof standbys === 'number') {
    if (standbys !== Infinity && !(Number.isSafeInteger(standbys) && standbys > 0)) {
      throw new InvalidOptionError('takeover.standbys', 'a whole number above 0', standbys);
    }
  } else if (standbys !== undefined) checkNodes('takeover.standbys', standbys);
  if (voters !== undefined) checkNodes('takeover.voters', voters);
  return takeover;
}

function checkNodes(option: string, nodes: readonly NodeId[]): void {
  if (!Array.isArray(nodes)) throw new InvalidOptionError(option, 'an array of node ids', nodes);
  const wrong: unknown = nodes.find((node) => NodeId.tryParse(String(node)) === undefined);
  if (wrong !== undefined)
    throw new InvalidOptionError(option, `node ids, not ${describe(wrong)}`, nodes);
  if (new Set(nodes).size < nodes.length)
    throw new InvalidOptionError(option, 'each node once', nodes);
}

const VOTERS_MIN = 3;
