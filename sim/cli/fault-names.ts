import type { FaultKind } from '../plan.js';
import { suggestion } from './suggestion.js';
import { oneLine, UsageError } from './usage-error.js';

/** Every kind of fault, in the order of the help. */
export const FAULT_KINDS = [
  ...(['crash', 'restart', 'leave', 'pause', 'partition', 'one-way', 'cut'] as const),
  ...(['frame-loss', 'latency', 'clog', 'flap', 'clock', 'slow', 'datagram'] as const),
] as const satisfies readonly FaultKind[];

/** Other words for them. */
const ALIASES: Readonly<Record<string, FaultKind>> = {
  kill: 'crash',
  stop: 'leave',
  freeze: 'pause',
  split: 'partition',
  asymmetric: 'one-way',
  bridge: 'cut',
  loss: 'frame-loss',
  delay: 'latency',
  flapping: 'flap',
  drift: 'clock',
  stall: 'clog',
  udp: 'datagram',
};

/** The kinds that `--faults` names, each once, in the order of the help. */
export function faultKindsOf(text: string): 'swarm' | readonly FaultKind[] {
  const words = text.split(',').map((word) => word.trim());
  if (words.length === 1 && words[0] === 'swarm') return 'swarm';
  const kinds = new Set(words.map(faultKindOf));
  return FAULT_KINDS.filter((kind) => kinds.has(kind));
}

function faultKindOf(word: string): FaultKind {
  const kind = FAULT_KINDS.find((name) => name === word);
  if (kind !== undefined) return kind;
  const alias = Object.hasOwn(ALIASES, word) ? ALIASES[word] : undefined;
  if (alias !== undefined) return alias;
  if (word === 'swarm') {
    throw new UsageError('--faults swarm draws the kinds itself; leave the other kinds out');
  }
  const meant = suggestion(word, [...FAULT_KINDS, ...Object.keys(ALIASES)]);
  const got = meant === undefined ? word : `${oneLine(word)}; did you mean ${meant}?`;
  throw UsageError.of('faults', 'swarm, or kinds that --help lists', got);
}
