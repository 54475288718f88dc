import { unreachable } from '../base/assert.js';
import type { NodeId } from '../base/node-id.js';
import type { NodeInfo } from '../cluster/node-info.js';
import type { Random } from '../platform/platform.js';
import { SelectorNotRegisteredError } from './distributed-error.js';
import type { NodeSelector, NodeSelectorFn, NodeSelectorType } from './node-selector.js';
import { PlacedLoads } from './placed-loads.js';

/** The selector that is registered under a name. */
export type FindSelector = (name: string) => NodeSelectorFn | undefined;

/** What a choice may depend on: nothing else does. */
export interface Candidates {
  /** The local node and every connected one, ordered by id. */
  readonly nodes: readonly NodeInfo[];
  readonly local: NodeId;
}

export type PlacementChoice =
  | { readonly kind: 'placed'; readonly nodeId: NodeId }
  /** No node will do now. */
  | { readonly kind: 'none'; readonly cause?: unknown };

/**
 * Chooses nodes for the children of one supervisor, and remembers what it must to be fair: where
 * `round_robin` stands, and what was placed since each node last told its load.
 *
 * Whatever a selector function does, only a node of the candidates is ever chosen.
 */
export class Placement {
  readonly #random: Random;
  readonly #loads: PlacedLoads;
  readonly #named: FindSelector;
  /** Whose turn it was last, for each label and for all nodes. */
  readonly #lastInTurn = new Map<string | undefined, NodeId>();

  constructor(
    random: Random,
    loads: PlacedLoads = new PlacedLoads(),
    named: FindSelector = () => undefined,
  ) {
    this.#random = random;
    this.#loads = loads;
    this.#named = named;
  }

  /** Whether a node would be found. Nobody's turn is taken; functions are asked. */
  isPossible(selector: NodeSelector, childId: string, candidates: Candidates): boolean {
    const { nodes } = candidates;
    if (typeof selector === 'string') return nodes.length > 0;
    if (typeof selector === 'object' && 'label' in selector)
      return labelled(nodes, selector.label).length > 0;
    const choice = this.#decide(selector, childId, candidates);
    return choice.kind === 'placed' && nodes.some(({ id }) => id === choice.nodeId);
  }

  choose(selector: NodeSelector, childId: string, candidates: Candidates): PlacementChoice {
    const { nodes } = candidates;
    if (nodes.length === 0) return NONE;
    const choice = this.#decide(selector, childId, candidates);
    if (choice.kind === 'none') return choice;
    const chosen = nodes.find((node) => node.id === choice.nodeId);
    if (chosen === undefined) return NONE;
    this.#loads.count(chosen);
    return choice;
  }

  #decide(selector: NodeSelector, childId: string, candidates: Candidates): PlacementChoice {
    if (typeof selector === 'string') return placed(this.#builtIn(selector, candidates));
    if (typeof selector === 'function') return byFunction(selector, childId, candidates);
    if ('node' in selector) return placed(selector.node);
    if ('label' in selector) {
      const { label, prefer = 'round_robin' } = selector;
      const nodes = labelled(candidates.nodes, label);
      if (nodes.length === 0) return NONE;
      return placed(this.#builtIn(prefer, { ...candidates, nodes }, label));
    }
    const choose = this.#named(selector.selector);
    if (choose !== undefined) return byFunction(choose, childId, candidates);
    return { kind: 'none', cause: new SelectorNotRegisteredError(selector.selector) };
  }

  #builtIn(selector: NodeSelectorType, { nodes, local }: Candidates, label?: string): NodeId {
    switch (selector) {
      case 'local_first':
        return nodes.some((node) => node.id === local) ? local : firstOf(nodes);
      case 'round_robin':
        return this.#inTurn(nodes, label);
      case 'least_loaded':
        return this.#oneOf(leastLoaded(nodes, (node) => this.#loadOf(node, local)));
      case 'random':
        return this.#oneOf(nodes);
      default:
        return unreachable(selector);
    }
  }

  #inTurn(nodes: readonly NodeInfo[], label: string | undefined): NodeId {
    const next = nextInTurn(nodes, this.#lastInTurn.get(label));
    this.#lastInTurn.set(label, next);
    return next;
  }

  /** Ties are broken by the runtime's random, so that equal nodes share what comes. */
  #oneOf(nodes: readonly NodeInfo[]): NodeId {
    const index = nodes.length === 1 ? 0 : this.#random.below(nodes.length);
    return (nodes[index] as NodeInfo).id;
  }

  /** The local count is live; what others told is as old as their last heartbeat. */
  #loadOf(node: NodeInfo, local: NodeId): number {
    return node.id === local ? node.processCount : this.#loads.loadOf(node);
  }
}

/**
 * The node after `last` in the order of ids, from the end back to the beginning. Over an unchanged
 * list every node is taken once before any is taken twice; a node that comes or goes moves nobody
 * else's turn.
 */
export function nextInTurn(nodes: readonly NodeInfo[], last: NodeId | undefined): NodeId {
  const next = last === undefined ? undefined : nodes.find((node) => node.id > last);
  return next?.id ?? firstOf(nodes);
}

/** Every node with the smallest load. */
export function leastLoaded(
  nodes: readonly NodeInfo[],
  loadOf: (node: NodeInfo) => number,
): readonly NodeInfo[] {
  const loads = nodes.map(loadOf);
  const least = Math.min(...loads);
  return nodes.filter((_node, index) => loads[index] === least);
}

function byFunction(
  choose: NodeSelectorFn,
  childId: string,
  { nodes }: Candidates,
): PlacementChoice {
  try {
    // A copy: a function may sort or empty what it is given.
    return placed(choose([...nodes], childId));
  } catch (cause) {
    return { kind: 'none', cause };
  }
}

function labelled(nodes: readonly NodeInfo[], label: string): readonly NodeInfo[] {
  return nodes.filter(({ labels }) => labels.includes(label));
}

function firstOf(nodes: readonly NodeInfo[]): NodeId {
  return (nodes[0] as NodeInfo).id;
}

function placed(nodeId: NodeId): PlacementChoice {
  return { kind: 'placed', nodeId };
}

const NONE: PlacementChoice = { kind: 'none' };
