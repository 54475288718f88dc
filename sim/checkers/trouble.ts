import type { FaultKind } from '../plan.js';
import type { Observed } from '../world-report.js';

/** A fault that keeps nodes apart, or makes it unsure whether they hear of each other in time. */
export interface Trouble {
  readonly id: string;
  /** When it is over by itself; `Infinity` when only a heal ends it. */
  readonly untilUs: number;
  /** Whether links kept their promises meanwhile; heartbeats may go missing without harm. */
  readonly isFaithful: boolean;
  /** Two times the same node: whether that node itself is hampered. */
  touches(left: number, right: number): boolean;
}

/** The trouble that the world noted; `undefined` for what leaves nobody worse off. */
export function troubleOf({ node, atUs, observation }: Observed): Trouble | undefined {
  const kind = observation.kind.slice('world_'.length) as FaultKind;
  const detail = (observation['detail'] ?? {}) as FaultDetail;
  const touches = touchesOf(kind, detail, node);
  if (touches === undefined) return undefined;
  const { id = `${kind} ${node} ${atUs}`, forMs = Infinity } = detail;
  const untilUs = atUs + Math.round(forMs * 1000);
  return { id, untilUs, isFaithful: isFaithful(kind, detail), touches };
}

/** What a note of a fault may say: the fields of all faults. */
interface FaultDetail {
  readonly id?: string;
  readonly forMs?: number;
  readonly node?: number;
  readonly groups?: readonly (readonly number[])[];
  readonly from?: number | readonly number[];
  readonly to?: number | readonly number[];
  readonly pairs?: readonly (readonly [number, number])[];
  readonly between?: readonly [number, number];
  readonly frames?: readonly string[];
}

function touchesOf(
  kind: FaultKind,
  detail: FaultDetail,
  at: number,
): Trouble['touches'] | undefined {
  switch (kind) {
    case 'partition':
      return apart(detail.groups ?? []);
    case 'one-way':
    case 'frame-loss':
    case 'latency':
    case 'clog':
    case 'datagram':
      return across(listOf(detail.from), listOf(detail.to));
    case 'cut':
      return between(detail.pairs ?? []);
    case 'flap':
      return between(detail.between === undefined ? [] : [detail.between]);
    case 'pause':
    case 'slow':
      return around(detail.node ?? at);
    default:
      return undefined;
  }
}

function isFaithful(kind: FaultKind, { frames = [] }: FaultDetail): boolean {
  if (kind === 'datagram') return false;
  return kind !== 'frame-loss' || frames.every((frame) => frame === 'heartbeat');
}

function apart(groups: readonly (readonly number[])[]): Trouble['touches'] {
  const groupOf = (node: number): number => groups.findIndex((group) => group.includes(node));
  return (left, right) => {
    const [one, other] = [groupOf(left), groupOf(right)];
    return one >= 0 && other >= 0 && one !== other;
  };
}

// Absent: everybody. A connection needs both of its ways, so the direction does not matter.
function across(
  from: readonly number[] | undefined,
  to: readonly number[] | undefined,
): Trouble['touches'] {
  const isAt = (nodes: readonly number[] | undefined, node: number): boolean =>
    nodes?.includes(node) !== false;
  return (left, right) =>
    left !== right &&
    ((isAt(from, left) && isAt(to, right)) || (isAt(from, right) && isAt(to, left)));
}

function between(pairs: readonly (readonly [number, number])[]): Trouble['touches'] {
  return (left, right) =>
    pairs.some(([one, other]) => {
      return (one === left && other === right) || (one === right && other === left);
    });
}

function around(node: number): Trouble['touches'] {
  return (left, right) => left === node || right === node;
}

function listOf(nodes: number | readonly number[] | undefined): readonly number[] | undefined {
  return typeof nodes === 'number' ? [nodes] : nodes;
}
