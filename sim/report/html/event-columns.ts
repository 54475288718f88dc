import type { TraceEntry } from '../../trace.js';
import { plain } from '../ndjson.js';
import { FATES, messagesOf, type TraceMessage } from '../trace-messages.js';
import { causesOf, turnsOf } from './causes.js';
import { eventKindOf } from './event-kinds.js';
import type { EventKind, ReportData } from './report-data.js';

type Columns = Pick<ReportData, 'kinds' | 'frames' | 'details' | 'events' | 'messages'>;

/** The trace as columns. `children` are names in the order in which bars number them. */
export function eventColumns(
  entries: readonly TraceEntry[],
  children: readonly string[],
  childOf: ReadonlyMap<string, string>,
): Columns {
  const kinds = new Table<EventKind>(({ name, group }) => `${group} ${name}`);
  const details = new Table<string>((text) => text);
  const messages = messagesOf(entries);
  const rowOf = new Map(messages.map(({ message }, row) => [message, row]));
  const numbers = new Map(children.map((name, at) => [name, at]));
  const child = entries.map((entry) => numbers.get(childIn(entry, childOf) ?? '') ?? -1);
  return {
    events: {
      atUs: entries.map(({ atUs }, at) => atUs - (entries[at - 1]?.atUs ?? 0)),
      node: entries.map(({ node }) => (node === NO_NODE ? -1 : node)),
      incarnation: entries.map(({ incarnation }) => incarnation),
      kind: entries.map((entry) => kinds.add(eventKindOf(entry))),
      child,
      link: entries.map(({ link }) => link ?? -1),
      message: entries.map(({ message }) => rowOf.get(message ?? -1) ?? -1),
      cause: causesOf(entries),
      detail: entries.map(({ detail }) =>
        detail === undefined ? -1 : details.add(JSON.stringify(detail, plain)),
      ),
    },
    ...messageColumns(entries, messages, aboutChildren(entries, child)),
    kinds: kinds.rows,
    details: details.rows,
  };
}

/** Each row once, numbered in the order of coming. */
class Table<T> {
  readonly rows: T[] = [];
  readonly #numbers = new Map<string, number>();
  readonly #keyOf: (row: T) => string;

  constructor(keyOf: (row: T) => string) {
    this.#keyOf = keyOf;
  }

  add(row: T): number {
    const key = this.#keyOf(row);
    let number = this.#numbers.get(key);
    if (number === undefined) this.#numbers.set(key, (number = this.rows.push(row) - 1));
    return number;
  }
}

function messageColumns(
  entries: readonly TraceEntry[],
  messages: readonly TraceMessage[],
  childAt: (position: number) => number,
): Pick<Columns, 'frames' | 'messages'> {
  const frames = new Table<string>((name) => name);
  const childOf = ({ sent, ended = -1 }: TraceMessage): number => {
    const atArrival = childAt(ended);
    return atArrival === -1 ? childAt(sent) : atArrival;
  };
  return {
    messages: {
      from: messages.map(({ from }) => from),
      to: messages.map(({ to }) => to),
      sent: messages.map(({ sent }) => sent),
      ended: messages.map(({ ended }) => ended ?? -1),
      what: messages.map(({ what }) => frames.add(what)),
      fate: messages.map(({ fate }) => FATES.indexOf(fate)),
      bytes: messages.map(({ sent }) => entries[sent]?.bytes ?? 0),
      digest: messages.map(({ sent }) => entries[sent]?.digest ?? ''),
      child: messages.map(childOf),
    },
    frames: frames.rows,
  };
}

// Frames do not say which child they are about, but a node says what it does in the same turn. A
// turn that is about several children tells nothing of a frame in it.
function aboutChildren(
  entries: readonly TraceEntry[],
  child: readonly number[],
): (position: number) => number {
  const turns = turnsOf(entries);
  const about = new Map<number, number>();
  for (const [at, turn] of turns.entries()) {
    const own = child[at] as number;
    if (own === -1) continue;
    const known = about.get(turn);
    about.set(turn, known === undefined || known === own ? own : -1);
  }
  return (position) => about.get(turns[position] ?? -1) ?? -1;
}

function childIn({ detail }: TraceEntry, childOf: ReadonlyMap<string, string>): string | undefined {
  if (typeof detail !== 'object' || detail === null) return undefined;
  const { childId, child, processId, to, target } = detail as Readonly<Record<string, unknown>>;
  if (typeof childId === 'string') return childId;
  if (typeof child === 'string') return child;
  if (typeof processId === 'string') return childOf.get(processId);
  const other = (to ?? target) as { readonly id?: unknown } | undefined;
  return typeof other?.id === 'string' ? childOf.get(other.id) : undefined;
}

const NO_NODE = 0xffff;
