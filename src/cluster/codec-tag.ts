/**
 * What each array of the graph form begins with.
 *
 * The graph form is a tree of msgpack scalars and arrays. Text, numbers and the like stand for
 * themselves; everything else is an array of a tag and its parts. Objects are numbered in the
 * order in which they begin, on both sides alike, and `again` points back to one by its number.
 */
export const TAG = {
  /** [tag, number]: the object with that number, once more. */
  again: 0,
  /** [tag, key, value, key, value ...] */
  record: 1,
  /** Like `record`, with a null prototype. */
  bareRecord: 2,
  /** [tag, item ...] */
  array: 3,
  /** [tag, key, value, key, value ...] */
  map: 4,
  /** [tag, item ...] */
  set: 5,
  /** [tag, milliseconds], null for an invalid date. */
  date: 6,
  /** [tag, source, flags] */
  regExp: 7,
  /** [tag, index in BINARY, bytes] */
  binary: 8,
  /** [tag, base, class code, name, message, cause, errors, key, value ...]; see codec-failure. */
  error: 9,
  /** [tag, the digits in base 16 with their sign] */
  bigInteger: 10,
  /** [tag, code units]: a text that UTF-8 would change. */
  codeUnits: 11,
  /** [tag] */
  notANumber: 12,
  /** [tag] */
  negativeZero: 13,
  /** [tag]: a part that is not there, where `undefined` would be a value. */
  absent: 14,
} as const;

/** What the graph form is made of before msgpack and after it. */
export type Shadow =
  string | number | bigint | boolean | null | undefined | Uint8Array | readonly Shadow[];
