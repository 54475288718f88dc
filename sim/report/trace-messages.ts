import type { TraceEntry } from '../trace.js';

/** One thing that crossed the network, or tried to. */
export interface TraceMessage {
  readonly message: number;
  readonly from: number;
  readonly to: number;
  /** Positions among the entries. */
  readonly sent: number;
  /** Absent when nothing more was heard of it. */
  readonly ended?: number;
  /** The name of the kind of frame; `dial` and `close` for what is no frame. */
  readonly what: string;
  readonly fate: MessageFate;
}

/**
 * - `arrived`: the other side took it.
 * - `refused`: a dial that nobody listened for.
 * - `lost`: dropped by a fault, or nobody was there to take it.
 * - `underway`: nothing more was heard of it. The run ended, or its connection broke.
 */
export type MessageFate = (typeof FATES)[number];

export const FATES = ['arrived', 'refused', 'lost', 'underway'] as const;

/**
 * The messages of a trace, in the order in which they were sent. Entries of one message share its
 * number; what only the receiver's end tells of has no sender to draw a line from, and is left out.
 */
export function messagesOf(entries: readonly TraceEntry[]): TraceMessage[] {
  const begun = new Map<number, Draft>();
  for (const [at, entry] of entries.entries()) {
    const { message, peer, kind } = entry;
    if (message === undefined || peer === undefined) continue;
    const draft = begun.get(message);
    if (draft === undefined && BEGINNINGS.has(kind)) {
      const what = kind === 'send' ? (entry.frame ?? 'bytes') : kind;
      begun.set(message, { message, from: entry.node, to: peer, sent: at, what, fate: 'underway' });
    } else if (draft !== undefined && draft.fate !== 'arrived') {
      // Of a message that came twice the first arrival counts.
      const fate = ENDS[kind];
      if (fate === undefined) continue;
      draft.fate = fate;
      draft.ended = at;
    }
  }
  return [...begun.values()];
}

type Draft = { -readonly [Key in keyof TraceMessage]: TraceMessage[Key] };

const BEGINNINGS: ReadonlySet<string> = new Set(['send', 'dial', 'close']);
const ENDS: Readonly<Record<string, MessageFate>> = {
  frame: 'arrived',
  arrived: 'arrived',
  closed: 'arrived',
  refused: 'refused',
  dropped: 'lost',
  swallowed: 'lost',
  reset: 'lost',
};
