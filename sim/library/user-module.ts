import { describe, FaultlineError } from '../../src/base/errors.js';
import type { NodeId } from '../../src/base/node-id.js';
import { type AnyBehavior, checkBehavior } from '../../src/otp/behavior.js';
import type { Draws } from '../draw.js';
import type { Fault, Operation } from '../plan.js';
import type { AlwaysCheck, Invariant } from './invariant.js';

/**
 * What a module under test exports. Every node evaluates it anew, in a world whose clocks, timers
 * and random numbers are the simulator's, so state at its top level belongs to one node.
 *
 * It has at least `behaviors` or `setup`. Its exports may ask for less than they are given: a
 * `setup(node: { readonly isFirst: boolean })` needs nothing of the simulator's types.
 */
export interface SimulatedModule {
  /** Registered on every node before its cluster starts; other nodes may start them there. */
  readonly behaviors?: NodeBehaviors | ((node: SimulatedNode) => NodeBehaviors);
  /** Called on every node once its cluster runs, in each of its lives. A rejection crashes it. */
  readonly setup?: (node: SimulatedNode) => void | Promise<void>;
  /**
   * Carries out one operation of the workload on a node. A rejection counts as a failed operation,
   * as faults make many of them, and a run in which no operation succeeds does not pass.
   */
  readonly operate?: (operation: never, node: SimulatedNode) => void | Promise<void>;
  /** Called on every node that lives shortly before the end: the time for last words. */
  readonly finish?: (node: SimulatedNode) => void | Promise<void>;
  /** Judged after the run, outside of the nodes. */
  readonly invariants?: Readonly<Record<string, Invariant>>;
  /** Shown everything that the nodes tell, in order, after the run. */
  readonly always?: Readonly<Record<string, AlwaysCheck>>;
  /** Drawn from when whoever starts the simulation gives no workload. */
  readonly workload?: Drawn<Operation>;
  /** Drawn from when whoever starts the simulation gives no faults. */
  readonly faults?: Drawn<Fault>;
}

/** Behaviours by the names under which other nodes start them. */
export type NodeBehaviors = Readonly<Record<string, AnyBehavior>>;

/** A list, or what makes one from a seed. The same draws have to give the same list. */
export type Drawn<Item> = readonly Item[] | ((draws: Draws, scene: Scene) => readonly Item[]);

/** Where what is drawn has to fit in. */
export interface Scene {
  /** How many nodes there are; they are named by index. */
  readonly nodes: number;
  /** By then the cluster has formed, and every `setup` had time to end. */
  readonly fromMs: number;
  /** What ends by then leaves the cluster time to settle before the last words. */
  readonly untilMs: number;
}

/** One life of one node, as the module under test sees it. */
export interface SimulatedNode {
  /** Its place among the nodes, from 0; plans name it so. */
  readonly index: number;
  readonly id: NodeId;
  /** All nodes, by index. */
  readonly ids: readonly NodeId[];
  readonly isFirst: boolean;
  /** 1 for its first life, one more after each restart. */
  readonly life: number;
  /** The `settings` of the simulation, as they were given. */
  readonly settings: unknown;
  /**
   * Tells the invariants that something happened. Plain data alone: anything else throws. It is
   * part of the trace hash, so texts of the engine's own errors have no place in it.
   */
  observe(what: string, data?: Readonly<Record<string, unknown>>): void;
  /** Resolves when every other node is connected; never, while faults keep one away. */
  untilComplete(): Promise<void>;
}

/** The module cannot be simulated: it lacks an export, or has something else in its place. */
export class SimulatedModuleError extends FaultlineError {
  static readonly code = 'ERR_SIMULATED_MODULE';
  override readonly name = 'SimulatedModuleError';
  readonly code = SimulatedModuleError.code;

  constructor(
    readonly reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
  }
}

/** Throws {@link SimulatedModuleError} unless `exported` is a {@link SimulatedModule}. */
export function checkModule(exported: Readonly<Record<string, unknown>>): SimulatedModule {
  const { behaviors, setup } = exported;
  if (behaviors === undefined && setup === undefined) {
    const names = Object.keys(exported).join(', ') || 'nothing';
    throw new SimulatedModuleError(
      `Expected the module to export behaviors, or a function setup(node); it exports ${names}`,
    );
  }
  for (const name of FUNCTIONS) check(name, exported[name], isFunction, 'a function');
  for (const name of TABLES) {
    const table = exported[name];
    check(name, table, isTable, 'an object of functions');
    for (const [key, value] of Object.entries(table ?? {})) {
      check(`${name}[${JSON.stringify(key)}]`, value ?? null, isFunction, 'a function');
    }
  }
  for (const name of LISTS) check(name, exported[name], isListed, 'an array, or a function');
  check('behaviors', behaviors, (value) => isTable(value) || isFunction(value), 'an object');
  if (isTable(behaviors)) checkBehaviors(behaviors);
  return exported;
}

/** Throws {@link SimulatedModuleError} unless every value is a behaviour. */
export function checkBehaviors(behaviors: unknown): NodeBehaviors {
  if (!isTable(behaviors)) {
    throw new SimulatedModuleError(
      `Expected behaviors to be an object, got ${describe(behaviors)}`,
    );
  }
  for (const [name, behavior] of Object.entries(behaviors)) {
    try {
      checkBehavior(behavior);
    } catch (cause) {
      const why = (cause as Error).message;
      throw new SimulatedModuleError(`behaviors.${name} is no behavior: ${why}`, { cause });
    }
  }
  return behaviors as NodeBehaviors;
}

function check(
  name: string,
  value: unknown,
  isRight: (value: unknown) => boolean,
  expected: string,
): void {
  if (value === undefined || isRight(value)) return;
  throw new SimulatedModuleError(
    `Expected the module's ${name} to be ${expected}, got ${describe(value)}`,
  );
}

function isFunction(value: unknown): boolean {
  return typeof value === 'function';
}

function isTable(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isListed(value: unknown): boolean {
  return Array.isArray(value) || isFunction(value);
}

const FUNCTIONS = ['setup', 'operate', 'finish'] as const;
const TABLES = ['invariants', 'always'] as const;
const LISTS = ['workload', 'faults'] as const;
