/**
 * A text for a date with its zone spelt out: one that names none means UTC, in simulated nodes.
 * Otherwise it would mean another instant on a machine in another country.
 */
export function zoned(text: string): string {
  if (ISO_DATE.test(text)) return text;
  if (ISO_DATE_TIME.test(text)) return `${text}Z`;
  const plain = text.replace(/\([^)]*\)/g, ' ');
  if (NAMED_ZONE.test(plain) || OFFSET.test(plain)) return text;
  return `${text} UTC`;
}

/** Means UTC by the letter of the standard. */
const ISO_DATE = /^(?:\d{4}|[+-]\d{6})(?:-\d\d(?:-\d\d)?)?$/;
const ISO_DATE_TIME = /^(?:\d{4}|[+-]\d{6})(?:-\d\d(?:-\d\d)?)?T\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?$/;
const NAMED_ZONE = /(?:\d|\b)(?:z|ut|utc|gmt|[ecmp][sd]t)\b/i;
/** A sign behind a time of day. */
const OFFSET = /:\d.*[+-]\d/;
