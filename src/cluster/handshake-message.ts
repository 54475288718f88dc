import { NodeId } from '../base/node-id.js';
import type { Address } from '../platform/transport.js';

/** What a node says of itself and of the link before anything else may cross it. */
export type HandshakeMessage =
  | { readonly kind: 'hello'; readonly payload: Hello }
  | { readonly kind: 'welcome'; readonly payload: Welcome }
  | { readonly kind: 'reject'; readonly payload: Reject };

/** The same as it comes from the wire: nothing in the payload is trusted yet. */
export interface IncomingHandshake {
  readonly kind: HandshakeMessage['kind'];
  readonly payload: unknown;
}

/** One life of one node. */
export interface NodeIdentity {
  readonly nodeId: NodeId;
  readonly incarnation: bigint;
}

/** The dialler's opening. */
export interface Hello extends NodeIdentity {
  readonly protocolVersion: number;
  /** The address that was dialled; it says nothing about who should answer. */
  readonly dialled: Address;
  /** The dialler's number of this link: its later dials have larger ones. */
  readonly link: number;
  readonly dials: OwnDials;
  /** Absent when the dialler does not know yet whom it is dialling. */
  readonly standing?: Standing;
}

/** The acceptor's answer. */
export interface Welcome extends NodeIdentity {
  readonly protocolVersion: number;
  readonly dials: OwnDials;
  readonly standing: Standing;
  /** Whom else the acceptor is connected to: a joiner dials them all. */
  readonly peers: readonly NodeIdentity[];
}

/** The acceptor's refusal, or the dialler's of what answered. */
export interface Reject extends NodeIdentity {
  readonly reason: RejectReason;
  readonly detail: string;
}

/**
 * - `self`: the node dialled itself.
 * - `duplicate`: another link between the two is the one to use.
 * - `version`: the two speak different protocols.
 * - `stale_incarnation`: a later life of the sender's node has been seen.
 */
export type RejectReason = 'self' | 'duplicate' | 'version' | 'stale_incarnation';

/**
 * The sender's dials: of those with numbers up to `upTo`, only `open` are not over yet and may be
 * links to the receiver.
 */
export interface OwnDials {
  readonly upTo: number;
  readonly open: readonly number[];
}

/** What the sender holds about one life of the receiver. */
export interface Standing extends NodeIdentity {
  /** Whether the receiver is a member in the sender's view, with no `nodeDown` since. */
  readonly member: boolean;
  /** Dials of the receiver that have ended at the sender, and maybe only there. */
  readonly ended: readonly number[];
}

/** Reads a hello; `undefined` when it is none. */
export function readHello(payload: unknown): Hello | undefined {
  const fields = recordOf(payload);
  const identity = readIdentity(payload);
  if (fields === undefined || identity === undefined) return undefined;
  const { protocolVersion, dialled, link } = fields;
  const dials = readOwnDials(fields['dials']);
  const standing = fields['standing'] === undefined ? undefined : readStanding(fields['standing']);
  if (fields['standing'] !== undefined && standing === undefined) return undefined;
  if (!isCount(protocolVersion) || !isCount(link)) return undefined;
  if (dials === undefined || typeof dialled !== 'string') return undefined;
  const hello = { ...identity, protocolVersion, dialled, link, dials };
  return standing === undefined ? hello : { ...hello, standing };
}

/** Reads a welcome; `undefined` when it is none. */
export function readWelcome(payload: unknown): Welcome | undefined {
  const fields = recordOf(payload);
  const identity = readIdentity(payload);
  if (fields === undefined || identity === undefined) return undefined;
  const { protocolVersion } = fields;
  const dials = readOwnDials(fields['dials']);
  const standing = readStanding(fields['standing']);
  const peers = readIdentities(fields['peers']);
  if (!isCount(protocolVersion) || dials === undefined) return undefined;
  if (standing === undefined || peers === undefined) return undefined;
  return { ...identity, protocolVersion, dials, standing, peers };
}

/** Reads a reject; `undefined` when it is none. */
export function readReject(payload: unknown): Reject | undefined {
  const fields = recordOf(payload);
  const identity = readIdentity(payload);
  if (fields === undefined || identity === undefined) return undefined;
  const { reason, detail } = fields;
  if (!isRejectReason(reason) || typeof detail !== 'string') return undefined;
  return { ...identity, reason, detail };
}

/** Reads a list of node lives, as it stands in a welcome and in the join exchange. */
export function readIdentities(value: unknown): readonly NodeIdentity[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const identities: NodeIdentity[] = [];
  for (const item of value as unknown[]) {
    const identity = readIdentity(item);
    if (identity === undefined) return undefined;
    identities.push(identity);
  }
  return identities;
}

function readIdentity(value: unknown): NodeIdentity | undefined {
  const fields = recordOf(value);
  if (fields === undefined) return undefined;
  const { nodeId, incarnation } = fields;
  if (typeof nodeId !== 'string') return undefined;
  const parsed = NodeId.tryParse(nodeId);
  const life = wholeNumber(incarnation);
  return parsed === undefined || life === undefined
    ? undefined
    : { nodeId: parsed, incarnation: life };
}

function readStanding(value: unknown): Standing | undefined {
  const fields = recordOf(value);
  const identity = readIdentity(value);
  if (fields === undefined || identity === undefined) return undefined;
  const { member } = fields;
  const ended = readCounts(fields['ended']);
  if (typeof member !== 'boolean' || ended === undefined) return undefined;
  return { ...identity, member, ended };
}

function readOwnDials(value: unknown): OwnDials | undefined {
  const fields = recordOf(value);
  if (fields === undefined) return undefined;
  const { upTo } = fields;
  const open = readCounts(fields['open']);
  return isCount(upTo) && open !== undefined ? { upTo, open } : undefined;
}

function readCounts(value: unknown): readonly number[] | undefined {
  return Array.isArray(value) && value.every(isCount) ? value : undefined;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}

// A codec may hand a small bigint back as a number.
function wholeNumber(value: unknown): bigint | undefined {
  if (typeof value === 'bigint') return value >= 0n ? value : undefined;
  return isCount(value) ? BigInt(value) : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isRejectReason(value: unknown): value is RejectReason {
  return typeof value === 'string' && Object.hasOwn(REJECT_REASONS, value);
}

const REJECT_REASONS = {
  self: true,
  duplicate: true,
  version: true,
  stale_incarnation: true,
} satisfies Record<RejectReason, true>;
