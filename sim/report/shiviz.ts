import type { TraceEntry } from '../trace.js';
import { plain } from './ndjson.js';
import { nodeName } from './node-name.js';
import type { TracedRun } from './trace-file.js';

/**
 * A run as a log for ShiViz: the expression that reads it, and then two lines an event, which are
 * its host with the host's vector clock, and its time, kind and what else is known of it.
 *
 * Every record of a node is an event of that node's host. An arrival's clock includes the clock of
 * the sending, so an arrow goes wherever a message got through. What the world does is left out: it
 * is no host, and nothing it does is known to anybody before it shows.
 */
export function shivizLog({ report }: TracedRun): string {
  const names = report.config.nodes.map(({ id }) => nodeName(id));
  const clocks = names.map(() => new Map<number, number>());
  const sent = new Map<number, ReadonlyMap<number, number>>();
  const lines: string[] = [EXPRESSION, ''];
  for (const entry of report.entries) {
    const { node, message, kind } = entry;
    const clock = clocks[node];
    const name = names[node];
    if (clock === undefined || name === undefined) continue;
    if (message !== undefined && ARRIVALS.has(kind)) merge(clock, sent.get(message));
    clock.set(node, (clock.get(node) ?? 0) + 1);
    if (message !== undefined && BEGINNINGS.has(kind)) sent.set(message, new Map(clock));
    lines.push(`${name} ${clockText(clock, names)}`, textOf(entry, names));
  }
  return `${lines.join('\n')}\n`;
}

function merge(clock: Map<number, number>, other: ReadonlyMap<number, number> | undefined): void {
  for (const [node, ticks] of other ?? []) {
    if (ticks > (clock.get(node) ?? 0)) clock.set(node, ticks);
  }
}

function clockText(clock: ReadonlyMap<number, number>, names: readonly string[]): string {
  const known = [...clock].sort(([left], [right]) => left - right);
  const parts = known.map(([node, ticks]) => `${JSON.stringify(names[node])}:${ticks}`);
  return `{${parts.join(',')}}`;
}

function textOf(entry: TraceEntry, names: readonly string[]): string {
  const { event, atUs, incarnation, kind, link, peer, frame, bytes, digest, detail } = entry;
  const observed = kind === 'observation' ? (detail as { kind?: unknown }).kind : undefined;
  const parts = [
    `${(atUs / 1000).toFixed(3)}ms`,
    typeof observed === 'string' ? observed : kind,
    ...(frame === undefined ? [] : [frame]),
    ...(peer === undefined ? [] : [`peer=${names[peer] ?? '?'}`]),
    ...(link === undefined ? [] : [`link=${link}`]),
    ...(bytes === undefined ? [] : [`bytes=${bytes}`]),
    ...(digest === undefined ? [] : [`digest=${digest}`]),
    `event=${event}`,
    `life=${incarnation}`,
    ...(detail === undefined ? [] : [JSON.stringify(detail, plain)]),
  ];
  return parts.join(' ');
}

// ShiViz reads each event with this; the part named event may hold anything but a line break.
const EXPRESSION = String.raw`(?<host>\S+) (?<clock>\{.*\})\n(?<event>.*)`;
const BEGINNINGS: ReadonlySet<string> = new Set(['send', 'dial', 'close']);
const ARRIVALS: ReadonlySet<string> = new Set(['frame', 'arrived', 'closed', 'refused']);
