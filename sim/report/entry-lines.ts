import type { TraceEntry } from '../trace.js';
import { canonical } from '../plain.js';
import { columns } from './columns.js';
import { nodeName } from './node-name.js';
import { secondsText } from './number-text.js';

/** Entries of a trace as a table, the one that matters marked. */
export function entryLines(
  entries: readonly TraceEntry[],
  nodeIds: readonly string[],
  marked?: number,
): string[] {
  const rows = entries.map((entry) => [
    entry.event === marked ? '>' : '',
    { right: `${entry.event}` },
    { right: secondsText(entry.atUs) },
    nodeName(nodeIds[entry.node] ?? 'world'),
    entry.kind,
    detailText(entry),
  ]);
  return columns(rows, '').map((line) =>
    line.length > LINE ? `${line.slice(0, LINE - 3)}...` : line,
  );
}

/** One entry in one line. */
export function entryText(entry: TraceEntry | undefined, nodeIds: readonly string[]): string {
  if (entry === undefined) return 'the trace has ended';
  const { atUs, kind } = entry;
  const who = nodeName(nodeIds[entry.node] ?? 'world');
  return `${who} ${kind} at ${secondsText(atUs)} ${detailText(entry)}`.trimEnd();
}

function detailText({ link, bytes, digest, detail }: TraceEntry): string {
  const parts: string[] = [];
  if (link !== undefined) parts.push(`link ${link}`);
  if (bytes !== undefined) parts.push(`${bytes} bytes`);
  if (digest !== undefined) parts.push(digest);
  if (detail !== undefined) parts.push(canonical(detail));
  return parts.join(', ');
}

const LINE = 100;
