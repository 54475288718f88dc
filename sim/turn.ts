import type { Address, CloseReason } from '../src/platform/transport.js';

/**
 * What crosses between the world and a node: plain data, so that the same node runs in the
 * scheduler's own thread or in one of its own.
 */
export interface NodeBoot {
  readonly nodeId: string;
  /** Where peers dial this node; what its transport listens on. */
  readonly address: Address;
  readonly index: number;
  /** 1 for the first life of the node, one more for each later one. */
  readonly incarnation: number;
  readonly seed: number;
  /** What the wall clock says now, less `nowUs`. */
  readonly epochMs: number;
  /** How many parts per million too fast the wall clock runs. */
  readonly driftPpm: number;
  /** The same of its monotonic clock, which takes the wall clock along. */
  readonly ratePpm: number;
  readonly nowUs: number;
  readonly buffer: BufferLimits;
  /** What the node program reads: its role, its seeds, its workload's settings. */
  readonly program: unknown;
  /** How the ready processes of the node follow each other; `fifo` when left out. */
  readonly turnOrder?: TurnOrderName;
  /** What the former life of the node had synced to its store. */
  readonly durable: readonly DurableEntry[];
}

/**
 * In the order in which they became ready, or by random priorities: the seed tries orders that a
 * busy machine might take.
 */
export type TurnOrderName = 'fifo' | 'priorities';

/** A key of the node's store, and what it holds. */
export type DurableEntry = readonly [key: string, value: Uint8Array];

/** `send` says false above `highBytes` and `onDrain` comes at `lowBytes` or below. */
export interface BufferLimits {
  readonly highBytes: number;
  readonly lowBytes: number;
}

/** What a frame takes of a send buffer: empty frames take room as well. */
export function bufferedBytes(frame: Uint8Array): number {
  return frame.byteLength + FRAME_OVERHEAD_BYTES;
}

const FRAME_OVERHEAD_BYTES = 16;

/** Numbers a link within one life of a node: even when dialled from here, odd when accepted. */
export type LinkId = number;

export type NodeInput =
  | { readonly kind: 'boot' }
  /** A timer is due. */
  | { readonly kind: 'wake' }
  /** A dial reached this node's listener. */
  | { readonly kind: 'arrived'; readonly link: LinkId; readonly from: Address }
  | { readonly kind: 'opened'; readonly link: LinkId }
  | { readonly kind: 'frame'; readonly link: LinkId; readonly bytes: Uint8Array }
  | { readonly kind: 'closed'; readonly link: LinkId; readonly reason: CloseReason }
  | { readonly kind: 'drained'; readonly link: LinkId }
  | { readonly kind: 'operation'; readonly operation: unknown }
  /** The node is told to leave the cluster and end. */
  | { readonly kind: 'leaving' }
  /** The clocks of its host go wrong, or right again: nothing of the program runs. */
  | { readonly kind: 'wall'; readonly change: ClockChange };

/** What happens to the clocks of a machine. What is left out stays as it is. */
export interface ClockChange {
  readonly jumpMs?: number;
  readonly driftPpm?: number;
  /** How many parts per million too fast time itself passes there, for timers as well. */
  readonly ratePpm?: number;
}

/** One entry into a node: nothing else of the node runs until its result was taken. */
export interface Turn {
  readonly nowUs: number;
  readonly input: NodeInput;
  /** Bytes that left a link's send buffer: link, bytes, link, bytes, ... */
  readonly acks?: readonly number[];
}

export type NodeOutput =
  | { readonly kind: 'listen' }
  | { readonly kind: 'unlisten' }
  | { readonly kind: 'dial'; readonly link: LinkId; readonly address: Address }
  | { readonly kind: 'send'; readonly link: LinkId; readonly bytes: Uint8Array }
  | { readonly kind: 'close'; readonly link: LinkId }
  | { readonly kind: 'synced'; readonly entries: readonly DurableEntry[] }
  /** The program ended on purpose. */
  | { readonly kind: 'exit' };

/** What a node did between its entry and the moment it fell quiet. */
export interface TurnResult {
  /** In the order they were made; nothing after a failure. */
  readonly outputs: readonly NodeOutput[];
  readonly observations: readonly Observation[];
  /** When the next timer is due, in whole virtual microseconds. */
  readonly deadlineUs: number | undefined;
  /** The numbers of the timers that fired, in order. */
  readonly fired: readonly number[];
  /** What the node threw and nobody caught: it counts as a crash. */
  readonly failure?: NodeFailure;
}

/** What a node threw, as data. */
export interface NodeFailure {
  readonly name: string;
  readonly message: string;
  /** Of errors that have one. */
  readonly code?: string;
  readonly stack?: string;
}

/**
 * Something that a node says happened, for the checkers. It is part of the trace hash, so it holds
 * plain data, and codes instead of the texts of errors: those differ between versions of Node.
 */
export interface Observation {
  readonly kind: string;
  readonly [field: string]: unknown;
}
