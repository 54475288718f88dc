import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf, msText } from './checker.js';
import {
  type CandidateNode,
  type ClusterFact,
  type SelectorWord,
  type SupervisionFact,
  factOf,
  nodeIdOf,
} from './fact.js';

type Start = Extract<SupervisionFact, { kind: 'child_start' }>;

/** What one life of a node knows of the others, and what it placed on them. */
interface View {
  readonly members: Set<string>;
  /** What all supervisors of the node placed on a node since it was heard of last. */
  readonly placed: Map<string, { heardAtMs: number; count: number }>;
  /** By supervisor: how often `round_robin` took each node since the candidates were others. */
  readonly turns: Map<string, Turns>;
}

interface Turns {
  readonly candidates: string;
  readonly taken: Map<string, number>;
}

/**
 * S5. Judges every start by what its supervisor's node knew of the candidates at that moment. That
 * `random` gives all the same chance shows in many starts only: it is a law of `properties`.
 */
export class FairnessChecker implements Checker {
  readonly id = 'S5';
  readonly title =
    'a selector chooses only nodes that are not down: round_robin each equally often, to within ' +
    'one, and least_loaded none that is known to be busier than another';
  checks = 0;
  readonly #views = new Map<number, View>();

  observe(observed: Observed): Violation | undefined {
    const { node, observation } = observed;
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#views.delete(node);
      return undefined;
    }
    const fact = factOf(observed) as SupervisionFact | ClusterFact;
    const view = this.#viewOf(node);
    if (fact.kind === 'node_up') view.members.add(fact.nodeId);
    else if (fact.kind === 'node_down') view.members.delete(fact.nodeId);
    else if (fact.kind === 'supervisor_ended') view.turns.delete(fact.supervisorId);
    if (fact.kind !== 'child_start' || fact.nodes === undefined) return undefined;
    const broken = this.#judge(fact, fact.nodes, view);
    if (broken === undefined) return undefined;
    const happened = `${fact.childId} was placed on ${fact.nodeId} at ${msText(observed.atUs)}: `;
    return violationOf(this, observed, happened + broken);
  }

  #viewOf(node: number): View {
    let view = this.#views.get(node);
    if (view === undefined) {
      view = { members: new Set(), placed: new Map(), turns: new Map() };
      this.#views.set(node, view);
    }
    return view;
  }

  #judge(start: Start, nodes: readonly CandidateNode[], view: View): string | undefined {
    const { nodeId, selector = 'function' } = start;
    this.checks += 1;
    const local = localOf(start);
    const down = nodes.find(([id]) => id !== local && !view.members.has(id));
    if (down !== undefined) return `${down[0]} was a candidate and is no member`;
    const chosen = nodes.find(([id]) => id === nodeId);
    if (chosen === undefined) return 'it was no candidate';
    const broken = judgeBy(selector, start, nodes, (candidate) =>
      candidate[0] === local ? candidate[1] : knownLoad(candidate, view),
    );
    this.#place(chosen, view);
    if (broken !== undefined || selector !== 'round_robin') return broken;
    return this.#takeTurn(start, nodes, view);
  }

  #place([id, , heardAtMs]: CandidateNode, { placed }: View): void {
    const since = placed.get(id);
    const count = since?.heardAtMs === heardAtMs ? since.count + 1 : 1;
    placed.set(id, { heardAtMs, count });
  }

  #takeTurn(
    { supervisorId, nodeId }: Start,
    nodes: readonly CandidateNode[],
    { turns }: View,
  ): string | undefined {
    const candidates = nodes.map(([id]) => id).join(' ');
    const known = turns.get(supervisorId);
    const taken = known?.candidates === candidates ? known.taken : new Map<string, number>();
    taken.set(nodeId, (taken.get(nodeId) ?? 0) + 1);
    turns.set(supervisorId, { candidates, taken });
    const counts = nodes.map(([id]) => taken.get(id) ?? 0);
    if (Math.max(...counts) - Math.min(...counts) <= 1) return undefined;
    return `round_robin placed ${counts.join(', ')} on the nodes in order`;
  }
}

function judgeBy(
  selector: SelectorWord,
  start: Start,
  nodes: readonly CandidateNode[],
  loadOf: (candidate: CandidateNode) => number,
): string | undefined {
  const { nodeId } = start;
  if (typeof selector !== 'string') {
    if (!('node' in selector)) return undefined;
    return nodeId === selector.node ? undefined : `only ${selector.node} would do`;
  }
  if (selector === 'local_first') {
    return nodeId === localOf(start) ? undefined : 'the local node comes first';
  }
  if (selector !== 'least_loaded') return undefined;
  const chosen = nodes.find(([id]) => id === nodeId) as CandidateNode;
  const idler = nodes.find((candidate) => loadOf(candidate) < loadOf(chosen));
  if (idler === undefined) return undefined;
  return `it ran ${loadOf(chosen)}, and ${idler[0]} ran ${loadOf(idler)}`;
}

/** The node that placed it: where the supervisor was born, unless it went on elsewhere. */
function localOf({ local, supervisorId }: Start): string {
  return local ?? nodeIdOf(supervisorId);
}

/** What the node ran when it was heard of, and what was placed on it since. */
function knownLoad([id, processCount, heardAtMs]: CandidateNode, { placed }: View): number {
  const since = placed.get(id);
  return since?.heardAtMs === heardAtMs ? processCount + since.count : processCount;
}
