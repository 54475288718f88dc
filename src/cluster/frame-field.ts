import { malformedFrame } from './frame-error.js';
import type { WireReader } from './wire-reader.js';
import type { WireWriter } from './wire-writer.js';
import { textSize } from './wire-writer.js';

/** How a field of type `Value` lies in a frame. */
export interface Field<Value> {
  /** How many bytes `write` will take. */
  size(value: Value): number;
  write(writer: WireWriter, value: Value): void;
  /** Throws a `FrameError` on bytes that `write` would not have written. */
  read(reader: WireReader): Value;
}

/** A field that may be left out of the frame. */
export interface OptionalField<Value> extends Field<Value | undefined> {
  readonly isOptional: true;
}

/** A name, an id: any text of up to 65535 bytes. */
export const text: Field<string> = {
  size: textSize,
  write: (writer, value) => writer.text(value),
  read: (reader) => reader.text(),
};

/** A whole number, 0 or more. */
export const count: Field<number> = {
  size: () => 8,
  write: (writer, value) => writer.count(value),
  read: (reader) => reader.count(),
};

/** Milliseconds, finite, 0 or more. */
export const duration: Field<number> = {
  size: () => 8,
  write: (writer, value) => writer.duration(value),
  read: (reader) => reader.duration(),
};

export const flag: Field<boolean> = {
  size: () => 1,
  write: (writer, value) => writer.u8(value ? 1 : 0),
  read: (reader) => readFlag(reader),
};

/** One of a few words. Their order is part of the wire format: append, never reorder. */
export function choice<const Word extends string>(...words: readonly Word[]): Field<Word> {
  return {
    size: () => 1,
    write: (writer, value) => writer.u8(words.indexOf(value)),
    read: (reader) => {
      const word = words[reader.u8()];
      if (word === undefined) throw malformedFrame(`none of ${words.join(', ')}`);
      return word;
    },
  };
}

export function optional<Value>(field: Field<Value>): OptionalField<Value> {
  return {
    isOptional: true,
    size: (value) => (value === undefined ? 1 : 1 + field.size(value)),
    write: (writer, value) => {
      writer.u8(value === undefined ? 0 : 1);
      if (value !== undefined) field.write(writer, value);
    },
    read: (reader) => (readFlag(reader) ? field.read(reader) : undefined),
  };
}

function readFlag(reader: WireReader): boolean {
  const byte = reader.u8();
  if (byte > 1) throw malformedFrame(`${byte} where 0 or 1 should be`);
  return byte === 1;
}
