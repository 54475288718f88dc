import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * The messages of a mutual challenge, as bytes, and the proofs in them.
 *
 * The dialler opens with a nonce. The acceptor answers with its own and with a proof, HMAC-SHA-256
 * under the shared secret over its role, both nonces and what TLS says of the connection; the
 * dialler answers with the proof of its role. Roles differ, so no proof can be sent back to whom it
 * came from, and nonces are fresh, so none is of use on another connection.
 */
export const NONCE_BYTES = 32;

export type ChallengeMessage =
  | { readonly kind: 'opening'; readonly nonce: Uint8Array }
  | { readonly kind: 'answer'; readonly nonce: Uint8Array; readonly proof: Uint8Array }
  | { readonly kind: 'proof'; readonly proof: Uint8Array };

export function encodeChallenge(message: ChallengeMessage): Uint8Array {
  const parts: Uint8Array[] = [MAGIC, Uint8Array.of(KINDS.indexOf(message.kind))];
  if (message.kind !== 'proof') parts.push(message.nonce);
  if (message.kind !== 'opening') parts.push(message.proof);
  return new Uint8Array(Buffer.concat(parts));
}

/** `undefined` when the bytes are no such message. */
export function decodeChallenge(bytes: Uint8Array): ChallengeMessage | undefined {
  if (!MAGIC.every((byte, at) => bytes[at] === byte)) return undefined;
  const kind = KINDS[bytes[MAGIC.length] ?? KINDS.length];
  const body = bytes.subarray(MAGIC.length + 1);
  if (kind === undefined || body.length !== BODY_BYTES[kind]) return undefined;
  const [first, second] = [body.subarray(0, NONCE_BYTES), body.subarray(NONCE_BYTES)];
  if (kind === 'opening') return { kind, nonce: first };
  return kind === 'proof' ? { kind, proof: first } : { kind, nonce: first, proof: second };
}

/**
 * What only somebody with the secret can say about two nonces, on the connection with this
 * `binding`. Whoever ends the encryption in the middle has two connections, and passes on a proof
 * that is wrong where it arrives.
 */
export function proofOf(
  secret: Uint8Array,
  role: 'dialler' | 'acceptor',
  nonces: { readonly dialler: Uint8Array; readonly acceptor: Uint8Array },
  binding: Uint8Array = NOTHING,
): Uint8Array {
  const hmac = createHmac('sha256', secret);
  hmac.update(`faultline link ${role}\0`).update(nonces.dialler).update(nonces.acceptor);
  // Nonces have one length: where the binding begins is beyond dispute.
  hmac.update(binding);
  return new Uint8Array(hmac.digest());
}

/** Takes the same time wherever the two differ. */
export function isSameProof(one: Uint8Array, other: Uint8Array): boolean {
  return one.length === other.length && timingSafeEqual(one, other);
}

const NOTHING = new Uint8Array(0);
const KINDS = ['opening', 'answer', 'proof'] as const;
const PROOF_BYTES = 32;
const BODY_BYTES = {
  opening: NONCE_BYTES,
  answer: NONCE_BYTES + PROOF_BYTES,
  proof: PROOF_BYTES,
} as const;
// No frame of a cluster begins like this: what is not authenticated shows by its first byte.
const MAGIC = Uint8Array.of(0xfa, 0x75, 0x6c, 0x74);
