import { choice, count, duration, flag, optional, text } from './frame-field.js';
import type { Field, OptionalField } from './frame-field.js';
import type { FrameHeader } from './frame-header.js';

/**
 * Every kind of frame: its number on the wire, its fields in the order they lie there, and the
 * name of its payload, if it has one. A new kind is one row; a number is never used again.
 *
 * A payload is what a `Codec` made, or anything else in bytes; frames do not look into it. Ids of
 * processes are of the node at their end of the link: `to` is the receiver's, `from` the sender's.
 */
export const FRAME_KINDS = {
  // Joining. Payloads are plain records.
  hello: row(1, {}, 'payload'),
  welcome: row(2, {}, 'payload'),
  reject: row(3, {}, 'payload'),
  sync: row(4, {}, 'payload'),
  ready: row(5, {}),
  /** The one kind that may overtake others. */
  heartbeat: row(6, { processCount: count, sequence: count }),
  leave: row(7, {}),

  call: row(16, { callId: count, to: text, from: optional(text) }, 'message'),
  /** `value` is the reply, or, when not `ok`, the error. */
  reply: row(17, { callId: count, ok: flag }, 'value'),
  /** The caller waits no more. */
  abort: row(18, { callId: count }),
  cast: row(19, { to: text, from: optional(text) }, 'message'),
  info: row(20, { to: text, from: optional(text) }, 'message'),

  /** Without `callId` nobody waits for the end; without `timeoutMs` it may take for ever. */
  stop: row(32, { to: text, callId: optional(count), timeoutMs: optional(duration) }, 'reason'),
  exit: row(33, { to: text, from: text, linked: flag }, 'reason'),
  kill: row(34, { to: text }),
  link: row(35, { to: text, from: text }),
  unlink: row(36, { to: text, from: text }),
  monitor: row(37, { to: text, from: text, monitorId: text }),
  demonitor: row(38, { to: text, from: text, monitorId: text }),
  /** `to` watched `from`, which ended. */
  down: row(39, { to: text, from: text, monitorId: text }, 'reason'),

  /** Without `initTimeoutMs` init may take for ever. `from` is who links or monitors, if any. */
  spawn: row(
    48,
    {
      callId: count,
      behavior: text,
      name: optional(text),
      registration: choice('local', 'global', 'none'),
      initTimeoutMs: optional(duration),
      from: optional(text),
      monitorId: optional(text),
      linked: flag,
      /** For a supervised child; without it the child waits for its supervisor for ever. */
      orphanTimeoutMs: optional(duration),
      /** For a child of which two must never act at a time. */
      leaseMs: optional(duration),
    },
    'args',
  ),
  /** A change of the names that the sender's node owns. */
  names: row(49, {}, 'payload'),
  /** For floors above: the topic says whose it is. */
  control: row(50, { topic: text }, 'payload'),
} as const;

export type FrameKind = keyof typeof FRAME_KINDS;

/** A frame of any kind, told apart by `kind`. */
export type Frame = { readonly [Kind in FrameKind]: FrameOf<Kind> }[FrameKind];

/** A frame of one kind. */
export type FrameOf<Kind extends FrameKind> = FrameHeader & { readonly kind: Kind } & FieldsOf<
    Row<Kind>['fields']
  > &
  PayloadOf<Row<Kind>['payload']>;

/** What the table says of one kind. */
export interface KindRow {
  readonly number: number;
  readonly fields: FieldTable;
  readonly payload: string | undefined;
}

/** The kind with the number, and its row. */
export function kindByNumber(number: number): readonly [FrameKind, KindRow] | undefined {
  return BY_NUMBER.get(number);
}

type Row<Kind extends FrameKind> = (typeof FRAME_KINDS)[Kind];

// `any`: a table of fields holds fields of all types, and none of them can take `unknown`.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type FieldTable = Readonly<Record<string, Field<any>>>;

type FieldsOf<Fields> = {
  readonly [Name in RequiredNames<Fields>]: ValueOf<Fields[Name]>;
} & {
  readonly [Name in Exclude<keyof Fields, RequiredNames<Fields>>]?: ValueOf<Fields[Name]>;
};

type RequiredNames<Fields> = {
  [Name in keyof Fields]: Fields[Name] extends OptionalField<infer _> ? never : Name;
}[keyof Fields];

type ValueOf<Part> = Part extends Field<infer Value> ? Value : never;

type PayloadOf<Name> = Name extends string ? { readonly [Key in Name]: Uint8Array } : unknown;

function row<Fields extends FieldTable>(
  number: number,
  fields: Fields,
): { number: number; fields: Fields; payload: undefined };
function row<Fields extends FieldTable, const Name extends string>(
  number: number,
  fields: Fields,
  payload: Name,
): { number: number; fields: Fields; payload: Name };
function row(number: number, fields: FieldTable, payload?: string): KindRow {
  return { number, fields, payload };
}

const BY_NUMBER: ReadonlyMap<number, readonly [FrameKind, KindRow]> = new Map(
  Object.entries(FRAME_KINDS).map(([kind, kindRow]) => [
    kindRow.number,
    [kind as FrameKind, kindRow],
  ]),
);
