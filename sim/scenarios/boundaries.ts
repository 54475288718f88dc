import type { Anchor } from '../plan.js';
import type { SimReport } from '../simulate.js';
import type { TraceEntry } from '../trace.js';

/** Which messages of a run count: those of one node, from a time on. */
export interface BoundarySpan {
  readonly node: number;
  readonly fromMs: number;
  readonly untilMs: number;
}

/**
 * Every boundary between two messages of a node in a span of a run whose whole trace was kept, as
 * anchors: the same run with a fault at one of them is the same run up to there. What belongs to
 * joining, and heartbeats, bound nothing.
 */
export function boundariesOf(
  { entries }: Pick<SimReport, 'entries'>,
  { node, fromMs, untilMs }: BoundarySpan,
): Anchor[] {
  const counts = { sent: 0, delivered: 0 };
  const anchors: Anchor[] = [];
  for (const entry of entries) {
    const event = crossingOf(entry, node);
    if (event === undefined) continue;
    counts[event] += 1;
    const isThen = entry.atUs >= fromMs * 1000 && entry.atUs <= untilMs * 1000;
    if (isThen && !JOINING.has(entry.frame)) anchors.push({ event, node, nth: counts[event] });
  }
  return anchors;
}

/** As anchors count: what left for another node, and what came from one. */
function crossingOf(
  { kind, message, node }: TraceEntry,
  of: number,
): 'sent' | 'delivered' | undefined {
  if (node !== of || message === undefined) return undefined;
  if (kind === 'send') return 'sent';
  return kind === 'frame' ? 'delivered' : undefined;
}

const JOINING: ReadonlySet<string | undefined> = new Set([
  ...['hello', 'welcome', 'reject', 'sync', 'ready', 'heartbeat'],
]);
