/**
 * Orders strings by UTF-16 code unit, so that two nodes with different locales agree.
 *
 * `localeCompare` is never used: its order depends on the machine's ICU data.
 */
export function compareCodeUnits(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
