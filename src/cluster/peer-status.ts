import { invariant } from '../base/assert.js';

/**
 * Where one peer stands, seen from here.
 *
 * - `down`: no connection; it is redialled after a pause, unless it left.
 * - `connecting`: a link to it is being dialled.
 * - `handshaking`: a link is open, and who is at the other end is being settled.
 * - `syncing`: the link is settled, and the join exchange is under way.
 * - `up`: a member that was heard of lately.
 * - `suspect`: still a member, but its link is gone or it has been silent.
 */
export type PeerStatus = 'down' | 'connecting' | 'handshaking' | 'syncing' | 'up' | 'suspect';

/** The only steps a peer takes. Membership begins in `syncing`, so never before the handshake. */
export const LEGAL_STEPS: Readonly<Record<PeerStatus, readonly PeerStatus[]>> = {
  down: ['connecting', 'handshaking', 'syncing'],
  connecting: ['handshaking', 'syncing', 'down'],
  handshaking: ['syncing', 'down'],
  syncing: ['up', 'down'],
  up: ['suspect', 'down'],
  suspect: ['up', 'down'],
};

/**
 * The legal steps from `from` to `to`, `from` excluded. An attempt that falls back (a settled link
 * is lost while another is being dialled) passes through `down`.
 */
export function stepsBetween(from: PeerStatus, to: PeerStatus): readonly PeerStatus[] {
  if (from === to) return [];
  if (LEGAL_STEPS[from].includes(to)) return [to];
  invariant(LEGAL_STEPS.down.includes(to), `a peer goes from ${from} to ${to} by legal steps`);
  return ['down', to];
}
