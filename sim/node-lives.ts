import type { Draws } from './draw.js';
import type { Lane, ThreadEnd, ThreadInfo } from './lanes/lane.js';
import type { Network } from './network.js';
import type { NodeState } from './node-state.js';
import type { CrashMode } from './plan.js';
import type { RunConfig } from './run-config.js';
import type { NodeBoot } from './turn.js';

export interface LivesHooks {
  nowUs(): number;
  /** Lets a node that is ready take its first turn. */
  scheduleBoot(atUs: number, tie: number, node: number): void;
}

/**
 * Begins and ends the lives of nodes. For the simulated world each happens at once; the lane needs
 * time of its own for it, and nothing may happen before {@link takePending} has resolved.
 */
export class NodeLives {
  readonly threads: ThreadInfo[] = [];
  readonly threadEnds: ThreadEnd[] = [];
  readonly #config: RunConfig;
  readonly #lane: Lane;
  readonly #network: Network;
  readonly #draws: Draws;
  readonly #hooks: LivesHooks;
  #pending: Promise<void> | undefined;

  constructor(config: RunConfig, lane: Lane, network: Network, draws: Draws, hooks: LivesHooks) {
    this.#config = config;
    this.#lane = lane;
    this.#network = network;
    this.#draws = draws;
    this.#hooks = hooks;
  }

  begin(node: NodeState): void {
    const { index } = node.host;
    this.#network.restart(node.host);
    const boot = this.#bootOf(node);
    const tie = this.#draws.number('boot', index, boot.incarnation);
    this.#hooks.scheduleBoot(boot.nowUs, tie, index);
    this.#after(async () => {
      this.threads.push(await this.#lane.boot(boot));
    });
  }

  end(node: NodeState, mode: CrashMode | 'exits'): void {
    this.#network.crash(node.host, mode);
    for (const delivery of node.end()) if (mode === 'silent') this.#network.forgotten(delivery);
    this.#after(async () => {
      this.threadEnds.push(await this.#lane.crash(node.host.index));
    });
  }

  /** What the lane is busy with; `undefined` when with nothing. */
  takePending(): Promise<void> | undefined {
    const pending = this.#pending;
    this.#pending = undefined;
    return pending;
  }

  #bootOf(node: NodeState): NodeBoot {
    const { index, life } = node.host;
    const { seed, buffer, turnOrder = 'fifo' } = this.#config;
    const { id, address, program } = this.#config.nodes[index] as RunConfig['nodes'][number];
    const nowUs = this.#hooks.nowUs();
    return {
      nodeId: id,
      address,
      index,
      incarnation: life,
      seed,
      epochMs: node.clock.offsetMs(nowUs / 1000),
      driftPpm: node.clock.driftPpm,
      ratePpm: node.clock.ratePpm,
      nowUs,
      buffer,
      turnOrder,
      program,
      durable: [...node.durable],
    };
  }

  // One after another: threads that start together come up in any order, and get ids in it.
  #after(act: () => Promise<void>): void {
    this.#pending = this.#pending === undefined ? act() : this.#pending.then(act);
  }
}
