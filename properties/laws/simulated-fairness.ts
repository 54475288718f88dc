import type { Stage } from '../../sim/planted/stage.js';
import type { SimReport } from '../../sim/simulate.js';
import type { Observed } from '../../sim/world-report.js';

/** Every child went to a node that its selector may choose; what is wrong, if not. */
export function unfairPlacement({ observed }: SimReport, stage: Stage): string | undefined {
  const view = new SupervisorView(stage);
  for (const one of observed) {
    const wrong = view.see(one);
    if (wrong !== undefined) return `${wrong}, at ${one.atUs / 1000} ms`;
  }
  return undefined;
}

/** What the supervisor's node can know of the others, worked out from the whole run. */
class SupervisorView {
  readonly #selector: Stage['selector'];
  readonly #local = 'node1@10.0.0.1:4369';
  readonly #members = new Set<string>();
  /** Members whose link or silence makes it unsure whether they are candidates. */
  readonly #suspects = new Set<string>();
  /** Placements since the candidates were others. */
  #turns = new Map<string, number>();
  /** Processes that run, and starts that are on their way. */
  readonly #load = new Map<string, number>();
  readonly #underWay = new Map<string, number>();
  #isHeartbeatDue = false;

  constructor({ selector = 'round_robin' }: Stage) {
    this.#selector = selector;
  }

  see({ node, observation, atUs }: Observed): string | undefined {
    const { kind } = observation;
    const at = String(observation['nodeId']);
    this.#isHeartbeatDue = atUs >= FIRST_HEARTBEAT_US;
    if (kind === 'spawned') this.#spawned(nodeName(node));
    if (kind === 'exited') this.#add(this.#load, nodeName(node), -1);
    if (node !== 0) return undefined;
    if (kind === 'node_up') this.#change(() => this.#members.add(at));
    if (kind === 'node_down') this.#change(() => this.#members.delete(at));
    if (kind === 'membership') {
      const isSuspect = observation['to'] === 'suspect';
      this.#change(() => (isSuspect ? this.#suspects.add(at) : this.#suspects.delete(at)));
    }
    return kind === 'child_start' ? this.#place(at) : undefined;
  }

  #place(nodeId: string): string | undefined {
    const wrong = this.#judge(nodeId);
    this.#add(this.#turns, nodeId, 1);
    this.#add(this.#underWay, nodeId, 1);
    return wrong ?? (this.#selector === 'round_robin' ? this.#uneven() : undefined);
  }

  #judge(nodeId: string): string | undefined {
    if (!this.#candidates().includes(nodeId)) return `${nodeId} was chosen and is excluded`;
    if (this.#selector === 'local_first' && nodeId !== this.#local) {
      return `${nodeId} was chosen over the local node`;
    }
    const last = this.#candidates().at(-1);
    if (this.#selector === 'last' && this.#suspects.size === 0 && nodeId !== last) {
      return `${nodeId} was chosen over ${last}, the last one`;
    }
    return this.#selector === 'least_loaded' ? this.#busier(nodeId) : undefined;
  }

  #uneven(): string | undefined {
    if (this.#suspects.size > 0) return undefined;
    const counts = this.#candidates().map((id) => this.#turns.get(id) ?? 0);
    const isEven = Math.max(...counts) - Math.min(...counts) <= 1;
    return isEven ? undefined : `round_robin placed ${counts.join(', ')} on the nodes in order`;
  }

  /** A heartbeat that crosses a start leaves it out of the count, so one more may be unknown. */
  #busier(nodeId: string): string | undefined {
    const unknown = this.#isHeartbeatDue ? 1 : 0;
    const sure = this.#candidates().filter((id) => !this.#suspects.has(id));
    const least = Math.min(...sure.map((id) => this.#loadOf(id)));
    const load = this.#loadOf(nodeId);
    return load <= least + unknown ? undefined : `${nodeId} ran ${load}, another one ${least}`;
  }

  #candidates(): string[] {
    return [this.#local, ...this.#members].sort();
  }

  #loadOf(nodeId: string): number {
    return (this.#load.get(nodeId) ?? 0) + (this.#underWay.get(nodeId) ?? 0);
  }

  #spawned(nodeId: string): void {
    this.#add(this.#load, nodeId, 1);
    const underWay = this.#underWay.get(nodeId) ?? 0;
    if (underWay > 0) this.#underWay.set(nodeId, underWay - 1);
  }

  #change(make: () => unknown): void {
    make();
    this.#turns = new Map();
  }

  #add(counts: Map<string, number>, nodeId: string, change: number): void {
    counts.set(nodeId, (counts.get(nodeId) ?? 0) + change);
  }
}

function nodeName(node: number): string {
  return `node${node + 1}@10.0.0.${node + 1}:4369`;
}

const FIRST_HEARTBEAT_US = 500_000;
