import { Draws } from '../draw.js';
import type {
  Anchor,
  ClockFault,
  ClogFault,
  CrashFault,
  CutFault,
  DatagramFault,
  Delay,
  Fault,
  FlapFault,
  FrameLossFault,
  LatencyFault,
  LeaveFault,
  OneWayFault,
  PartitionFault,
  PauseFault,
  RestartFault,
  SlowFault,
  Span,
  When,
} from '../plan.js';
import { assertFault } from './plan-check.js';

/** When a fault strikes, and what else there is to say of it. */
export type Struck<F extends Fault, Given extends keyof F> = When &
  Omit<F, 'kind' | 'atMs' | 'after' | Given>;

/** The node's process dies, in one of two ways unless told in which. */
export function crash(node: number, options: Struck<CrashFault, 'node'>): CrashFault {
  return fault({ ...options, kind: 'crash', node });
}

/** A node that does not run starts again: same id, new incarnation. */
export function restart(node: number, options: When): RestartFault {
  return fault({ ...options, kind: 'restart', node });
}

/** The node is told to stop, says goodbye and exits. */
export function leave(node: number, options: Struck<LeaveFault, 'node'>): LeaveFault {
  return fault({ ...options, kind: 'leave', node });
}

/** The node stands still for a while; what comes for it waits. */
export function pause(node: number, options: Struck<PauseFault, 'node'>): PauseFault {
  return fault({ ...options, kind: 'pause', node });
}

/** Nodes in different groups cannot reach each other; those in no group reach everybody. */
export function partition(groups: PartitionFault['groups'], options: Span): PartitionFault {
  return fault({ ...options, kind: 'partition', groups });
}

/** Cuts one of so many nodes off from all others. */
export function isolate(node: number, options: Span & { nodes: number }): PartitionFault {
  const { nodes, ...span } = options;
  return partition([[node], indexes(nodes).filter((other) => other !== node)], span);
}

/** Splits so many nodes in two; the second half is the larger one of an odd number. */
export function halves(nodes: number, options: Span): PartitionFault {
  const all = indexes(nodes);
  const middle = Math.floor(nodes / 2);
  return partition([all.slice(0, middle), all.slice(middle)], options);
}

/** Keeps two groups apart that both still reach `middle`. */
export function bridge(
  left: readonly number[],
  middle: number,
  right: readonly number[],
  options: Span,
): CutFault {
  if (left.includes(middle) || right.includes(middle)) {
    throw new RangeError(`Expected the bridge to be in neither group, got node ${middle} in one`);
  }
  return cut(
    left.flatMap((one) => right.map((other) => [one, other] as const)),
    options,
  );
}

/** Keeps the two nodes of each pair apart. */
export function cut(pairs: CutFault['pairs'], options: Span): CutFault {
  return fault({ ...options, kind: 'cut', pairs });
}

/** Nothing gets from `from` to `to`; the way back stays open. */
export function oneWay(from: readonly number[], to: readonly number[], options: Span): OneWayFault {
  return fault({ ...options, kind: 'one-way', from, to });
}

/** Heartbeats get lost with this probability, and nothing else does. */
export function heartbeatLoss(
  probability: number,
  options: Struck<FrameLossFault, 'frames' | 'probability'>,
): FrameLossFault {
  return frameLoss(['heartbeat'], { ...options, probability });
}

/** Frames of these kinds get lost, each with the same probability. */
export function frameLoss(
  frames: readonly string[],
  options: Struck<FrameLossFault, 'frames'>,
): FrameLossFault {
  return fault({ ...options, kind: 'frame-loss', frames });
}

/** What crosses takes longer; order is kept. A number of milliseconds is a constant delay. */
export function delay(
  distribution: Delay | number,
  options: Struck<LatencyFault, 'delay'>,
): LatencyFault {
  const drawn: Delay =
    typeof distribution === 'number' ? { kind: 'constant', ms: distribution } : distribution;
  return fault({ ...options, kind: 'latency', delay: drawn });
}

/** One way between two nodes carries nothing for a while, and then all that waited. */
export function clog(from: number, to: number, options: Span): ClogFault {
  return fault({ ...options, kind: 'clog', from, to });
}

/** When and for how long, and what decides which links. */
export interface SwizzleOptions {
  /** When the first link clogs. */
  readonly atMs: number;
  /** From then on until the last one is free. */
  readonly forMs: number;
  /** Draws which links clog, and both orders. */
  readonly seed: number;
}

/**
 * Clogs some of the links one by one, and frees them one by one in another order: half of the time
 * goes into each. Which ones, and in what orders, follows from the seed.
 */
export function swizzle(
  links: readonly (readonly [from: number, to: number])[],
  { atMs, forMs, seed }: SwizzleOptions,
): ClogFault[] {
  const draws = new Draws(seed);
  const chosen = links.filter(([from, to]) => draws.number('swizzle', from, to) % 2 === 0);
  const clogged = chosen.length === 0 ? links.slice(0, 1) : chosen;
  const stepMs = forMs / 2 / clogged.length;
  const rank = (order: string) =>
    new Map(
      [...clogged]
        .sort((one, other) => draws.number(order, ...one) - draws.number(order, ...other))
        .map((link, at) => [link, at]),
    );
  const [clogs, frees] = [rank('clogs'), rank('frees')];
  return clogged.map((link) => {
    const fromMs = atMs + (clogs.get(link) ?? 0) * stepMs;
    const untilMs = atMs + forMs / 2 + ((frees.get(link) ?? 0) + 1) * stepMs;
    return clog(...link, { atMs: wholeUs(fromMs), forMs: wholeUs(untilMs - fromMs) });
  });
}

/** The way between two nodes goes and comes by turns. */
export function flap(
  between: FlapFault['between'],
  options: Struck<FlapFault, 'between'>,
): FlapFault {
  return fault({ ...options, kind: 'flap', between });
}

/** The wall clock of the node jumps, back too. The monotonic one stays right. */
export function clockJump(node: number, jumpMs: number, when: When): ClockFault {
  return fault({ ...when, kind: 'clock', node, jumpMs });
}

/** The wall clock of the node runs so many parts per million too fast; negative: too slow. */
export function clockDrift(node: number, driftPpm: number, when: When): ClockFault {
  return fault({ ...when, kind: 'clock', node, driftPpm });
}

/** Time passes so many parts per million too fast on the node; negative: too slowly. */
export function clockRate(node: number, ratePpm: number, when: When): ClockFault {
  return fault({ ...when, kind: 'clock', node, ratePpm });
}

/** Every turn of the node takes so long that nothing else of it happens meanwhile. */
export function slow(node: number, options: Struck<SlowFault, 'node'>): SlowFault {
  return fault({ ...options, kind: 'slow', node });
}

/** Frames are lost, doubled, reordered and corrupted, as on a network without TCP. */
export function datagrams(options: Struck<DatagramFault, never>): DatagramFault {
  return fault({ ...options, kind: 'datagram' });
}

/**
 * Strikes right after an event instead of at a time: `crash(1, after('delivered'))`, or
 * `isolate(0, { ...after('sent', { what: 'spawn', nth: 3 }), nodes: 3, forMs: 500 })`.
 */
export function after(
  event: Anchor['event'],
  options: Omit<Anchor, 'event'> = {},
): { readonly after: Anchor } {
  return { after: { event, ...options } };
}

// How many nodes there will be is not known here: a plan is held against them before it is run.
function fault<F extends Fault>(made: F): F {
  assertFault(made, Number.MAX_SAFE_INTEGER, `${made.kind}(...)`);
  return made;
}

function wholeUs(ms: number): number {
  return Math.round(ms * 1000) / 1000;
}

function indexes(nodes: number): number[] {
  return Array.from({ length: nodes }, (_, at) => at);
}
