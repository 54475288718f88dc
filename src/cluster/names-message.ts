import type { NodeIdentity } from './handshake-message.js';
import { type NameClaim, readNameClaim } from './name-claim.js';
import type { NamesDelta, NamesList } from './own-names.js';

/** What nodes say to each other about names once they are joined. */
export type NamesMessage =
  { readonly delta: NamesDelta } | { readonly list: NamesList } | { readonly ask: true };

/** Reads what `owner` said; `undefined` when it is no such message. */
export function readNamesMessage(value: unknown, owner: NodeIdentity): NamesMessage | undefined {
  const fields = recordOf(value);
  if (fields === undefined) return undefined;
  const { delta, list, ask } = fields;
  if (ask === true) return { ask };
  if (delta !== undefined) {
    const read = readNamesDelta(delta, owner);
    return read === undefined ? undefined : { delta: read };
  }
  const read = readNamesList(list);
  return read === undefined ? undefined : { list: read };
}

/** Reads a full list; `undefined` when it is none. Claims for other nodes may be among it. */
export function readNamesList(value: unknown): NamesList | undefined {
  const fields = recordOf(value);
  if (fields === undefined || !isCount(fields['version'])) return undefined;
  const claims = readClaims(fields['claims'], ({ nodeId, incarnation }) => {
    return { nodeId, incarnation } as NodeIdentity;
  });
  return claims === undefined ? undefined : { version: fields['version'], claims };
}

function readNamesDelta(value: unknown, owner: NodeIdentity): NamesDelta | undefined {
  const fields = recordOf(value);
  if (fields === undefined || !isCount(fields['version'])) return undefined;
  const added = readClaims(fields['added'], () => owner);
  const { version, removed } = fields;
  if (added === undefined || !Array.isArray(removed)) return undefined;
  if (!removed.every((name) => typeof name === 'string')) return undefined;
  return { version, added, removed };
}

function readClaims(
  value: unknown,
  ownerOf: (claim: Record<string, unknown>) => NodeIdentity,
): readonly NameClaim[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const claims: NameClaim[] = [];
  for (const item of value as unknown[]) {
    const fields = recordOf(item);
    const claim = fields === undefined ? undefined : readNameClaim(item, ownerOf(fields));
    if (claim === undefined) return undefined;
    claims.push(claim);
  }
  return claims;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}
