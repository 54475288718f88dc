/** A moment, as exact as `spanUs` on the screen asks for. */
export function timeText(us: number, spanUs = 1): string {
  if (spanUs >= 2e6) return `${(us / 1e6).toFixed(spanUs >= 2e7 ? 0 : 1)} s`;
  if (spanUs >= 2e5) return `${(us / 1e6).toFixed(2)} s`;
  if (spanUs >= 2e3) return `${spaced((us / 1e3).toFixed(spanUs >= 2e4 ? 0 : 1))} ms`;
  return `${spaced((us / 1e3).toFixed(3))} ms`;
}

/** How long something takes. */
export function spanText(us: number): string {
  if (us >= 1e6) return `${(us / 1e6).toFixed(2)} s`;
  if (us >= 1e3) return `${(us / 1e3).toFixed(us >= 1e5 ? 0 : 1)} ms`;
  return `${Math.round(us)} µs`;
}

/** A step between ticks: 1, 2 or 5 times a power of ten, at least `us`. */
export function tickUs(us: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(us, 1)));
  return ([1, 2, 5, 10].find((times) => times * power >= us) ?? 10) * power;
}

/** A whole number with narrow spaces that no line breaks at between thousands. */
export function wholeText(value: number): string {
  return spaced(`${value}`);
}

function spaced(text: string): string {
  const [whole = '', rest] = text.split('.');
  const parts = whole.replace(/\B(?=(?:\d{3})+$)/g, '\u202f');
  return rest === undefined ? parts : `${parts}.${rest}`;
}
