/** Virtual microseconds as seconds, to the tenth of a millisecond. */
export function secondsText(us: number): string {
  return `${(us / 1e6).toFixed(4)} s`;
}

/** A whole number with spaces between thousands. */
export function wholeText(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(?:\d{3})+$)/g, ' ');
}

/** Milliseconds, short: `1 s`, `250 ms`. */
export function spanText(ms: number): string {
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(3))} s` : `${Number(ms.toFixed(1))} ms`;
}
