import type { Platform } from '../src/platform/platform.js';
import type { Transport } from '../src/platform/transport.js';
import type { NodeBoot, Observation } from './turn.js';

/** What a bundle for the simulator exports. */
export interface NodeBundle {
  /** Called once for each life of a node, before `start` of what it gives. */
  createNode(context: NodeContext): NodeProgram;
}

/** What a node program gets: everything outside the node, and nothing of the machine's own. */
export interface NodeContext {
  readonly boot: NodeBoot;
  readonly platform: Platform;
  readonly transport: Transport;
  /** Tells the checkers that something happened. */
  observe(observation: Observation): void;
  /** Ends the node at the end of this turn; its links close as those of an ended process. */
  exit(): void;
}

/**
 * One life of a node. Whatever these methods throw, or reject with, crashes the node.
 */
export interface NodeProgram {
  /** Called once, in the first turn. */
  start(): void | Promise<void>;
  /** Called for each operation that the plan holds for this node. */
  operate?(operation: unknown): void | Promise<void>;
  /**
   * Called when the node is told to leave: end what the program runs and say goodbye, then call
   * `exit` of the context. A program without it exits at once.
   */
  leave?(): void | Promise<void>;
}
