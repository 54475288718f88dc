import type { TraceEntry } from '../../trace.js';

/**
 * For each entry the one that led to it, as a position among the entries, or -1.
 *
 * What a node does in a turn comes from what it was entered with; what arrives comes from its
 * sending; what becomes of a message on its way comes from its sending too. A timer that is due and
 * what a plan does come from nothing in the trace.
 */
export function causesOf(entries: readonly TraceEntry[]): number[] {
  const begun = new Map<number, number>();
  let turn = -1;
  return entries.map((entry, at) => {
    const { kind, message } = entry;
    const origin = message === undefined ? undefined : begun.get(message);
    if (message !== undefined && origin === undefined) begun.set(message, at);
    if (INPUTS.has(kind)) {
      turn = at;
      return origin ?? -1;
    }
    if (origin !== undefined) return origin;
    return isOfTurn(entry, entries[turn]) ? turn : -1;
  });
}

/** The position of the turn's first entry for each entry; its own for what is outside of turns. */
export function turnsOf(entries: readonly TraceEntry[]): number[] {
  let turn = -1;
  return entries.map((entry, at) => {
    if (INPUTS.has(entry.kind)) turn = at;
    return isOfTurn(entry, entries[turn]) ? turn : at;
  });
}

// The next turn may be of the same node at the same instant, but it has an entry of its own.
function isOfTurn({ node, atUs, kind }: TraceEntry, turn: TraceEntry | undefined): boolean {
  return turn !== undefined && turn.node === node && turn.atUs === atUs && OF_TURNS.has(kind);
}

/** Kinds of entries with which a node is entered. */
export const INPUTS: ReadonlySet<string> = new Set([
  ...['boot', 'wake', 'arrived', 'opened', 'frame', 'closed', 'drained', 'operation', 'wall'],
  'leaving',
]);
const OF_TURNS: ReadonlySet<string> = new Set([
  ...INPUTS,
  ...['timers', 'listen', 'unlisten', 'dial', 'send', 'close', 'synced', 'exit', 'observation'],
  'failed',
]);
