import type { Crossing } from '../connection.js';
import type { Anchor } from '../plan.js';
import { frameKindOf } from './frame-kind.js';
import type { NamedFault } from './named-fault.js';

/** A fault whose event has happened. */
export interface Anchored {
  readonly id: string;
  readonly plusMs: number;
}

/** Counts the events that faults are anchored to, for each fault by itself. */
export class Anchors {
  #frames: Counter[];
  #observations: Counter[];

  constructor(faults: readonly NamedFault[]) {
    const counters = faults.flatMap(({ id, fault }) =>
      'after' in fault ? [{ id, anchor: fault.after, left: fault.after.nth ?? 1 }] : [],
    );
    this.#frames = counters.filter(({ anchor }) => anchor.event !== 'observed');
    this.#observations = counters.filter(({ anchor }) => anchor.event === 'observed');
  }

  /** A frame was sent, or delivered: the faults that it was awaited for. */
  frame(event: 'sent' | 'delivered', { from, to }: Crossing, bytes: Uint8Array): Anchored[] {
    if (this.#frames.length === 0) return NOBODY;
    const [node, peer] = event === 'sent' ? [from, to] : [to, from];
    const hit = this.#frames.filter(
      ({ anchor }) =>
        anchor.event === event &&
        isAt(anchor, node, peer) &&
        (anchor.what === undefined || anchor.what === frameKindOf(bytes)),
    );
    if (hit.length === 0) return NOBODY;
    const anchored = counted(hit);
    this.#frames = this.#frames.filter(({ left }) => left > 0);
    return anchored;
  }

  /** Something was observed at a node: the faults that it was awaited for. */
  observed(kind: string, node: number): Anchored[] {
    if (this.#observations.length === 0) return NOBODY;
    const hit = this.#observations.filter(
      ({ anchor }) => (anchor.what ?? kind) === kind && isAt(anchor, node, undefined),
    );
    if (hit.length === 0) return NOBODY;
    const anchored = counted(hit);
    this.#observations = this.#observations.filter(({ left }) => left > 0);
    return anchored;
  }

  /** Nothing is awaited any more. */
  clear(): void {
    this.#frames = [];
    this.#observations = [];
  }
}

interface Counter {
  readonly id: string;
  readonly anchor: Anchor;
  left: number;
}

function isAt(anchor: Anchor, node: number, peer: number | undefined): boolean {
  if ((anchor.node ?? node) !== node) return false;
  return anchor.peer === undefined || anchor.peer === peer;
}

function counted(hit: readonly Counter[]): Anchored[] {
  for (const counter of hit) counter.left -= 1;
  return hit
    .filter(({ left }) => left === 0)
    .map(({ id, anchor }) => ({ id, plusMs: anchor.plusMs ?? 0 }));
}

const NOBODY: Anchored[] = [];
