import picocolors from 'picocolors';
import type { VerdictWord } from './verdict.js';

/** Colours for people, or none. */
export type Paint = ReturnType<typeof picocolors.createColors>;

export interface PaintSource {
  readonly isTTY?: boolean;
}

/** Colours for a terminal, unless `NO_COLOR` says otherwise; `FORCE_COLOR` has them anywhere. */
export function paintFor(stream: PaintSource, env: Readonly<Record<string, string | undefined>>) {
  const isForced = isSet(env['FORCE_COLOR']) && env['FORCE_COLOR'] !== '0';
  const isTerminal = stream.isTTY === true && env['TERM'] !== 'dumb';
  return picocolors.createColors(!isSet(env['NO_COLOR']) && (isForced || isTerminal));
}

export function paintVerdict(paint: Paint, word: VerdictWord): string {
  const colour = word === 'PASS' ? paint.green : word === 'FAIL' ? paint.red : paint.yellow;
  return paint.bold(colour(word));
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
