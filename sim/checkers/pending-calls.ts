import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import { type CallFact, type LeaseFact, type ProcessAddress, factOf } from './fact.js';
import { Families } from './families.js';
import { Leases } from './leases.js';
import { LiveChildren } from './live-children.js';
import { mayAct } from './quorum.js';

interface Pending {
  readonly to: ProcessAddress;
  readonly atUs: number;
}

/** L7. Keeps the calls that wait for their end. */
export class PendingCallsChecker implements Checker {
  readonly id = 'L7';
  readonly title = 'every call has ended by the end, even one that would wait for ever';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #pending = new Map<number, Map<number, Pending>>();
  readonly #live = new LiveChildren();
  readonly #leases = new Leases();
  readonly #families = new Families();
  /** Nodes and supervisors whose children there wait since the node stood still. */
  readonly #held = new Set<string>();

  get excuse(): string | undefined {
    return this.#connectivity.isFaithful ? undefined : 'frames went astray';
  }

  observe(observed: Observed): undefined {
    const { node, atUs, observation } = observed;
    this.#connectivity.observe(observed);
    this.#live.observe(observed);
    this.#leases.observe(observed);
    const supervision = this.#families.read(observed);
    supervision?.family.take(supervision.fact);
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#pending.delete(node);
      for (const key of this.#held) if (key.startsWith(`${node} `)) this.#held.delete(key);
      return;
    }
    const fact = factOf(observed) as CallFact | LeaseFact;
    if (fact.kind === 'call') {
      this.#of(node).set(fact.callId, { to: fact.to, atUs });
    } else if (fact.kind === 'call_ended') {
      if (this.#of(node).delete(fact.callId)) this.checks += 1;
    } else if (fact.kind === 'children_held') {
      this.#held.add(`${node} ${fact.supervisorId}`);
    } else if (fact.kind === 'children_resumed') {
      this.#held.delete(`${node} ${fact.supervisorId}`);
    }
  }

  finish(endedUs: number): Violation | undefined {
    if (!this.#connectivity.isFaithful || !this.#connectivity.isSettled(endedUs)) return undefined;
    const shut = this.#shut(endedUs);
    for (const [node, calls] of this.#pending) {
      for (const [callId, { to, atUs }] of calls) {
        if (endedUs - atUs <= PATIENCE_US || !this.#connectivity.isConnected(node)) continue;
        if (shut.has(to.id)) continue;
        const who = `call ${callId} of node ${node + 1} to ${to.id}`;
        const happened = `${who} at ${msText(atUs)} never ended`;
        return violationOf(this, { event: 0, atUs: endedUs }, happened);
      }
    }
    return undefined;
  }

  /**
   * Children whose node may not let them go on: what they are asked waits with them. It has no
   * lease for them, or it stood still and their supervisor finds too few who vote on it to say
   * whether it still has them.
   */
  #shut(nowUs: number): ReadonlySet<string> {
    const suspended = this.#suspended();
    const shut = this.#live.all().filter(({ node, ownerId }) => {
      const untilUs = this.#leases.untilUs(node, ownerId);
      if (untilUs !== undefined) return untilUs < nowUs;
      return suspended.has(ownerId) && this.#held.has(`${node} ${ownerId}`);
    });
    return new Set(shut.map(({ processId }) => processId));
  }

  /** Supervisors that run somewhere, and may act nowhere. */
  #suspended(): ReadonlySet<string> {
    const running = [...this.#families].filter(({ node, phase }) => {
      return phase === 'running' && this.#connectivity.isConnected(node);
    });
    const suspended = new Set(running.map(({ supervisorId }) => supervisorId));
    for (const family of running) {
      if (mayAct(family, this.#connectivity)) suspended.delete(family.supervisorId);
    }
    return suspended;
  }

  #of(node: number): Map<number, Pending> {
    let calls = this.#pending.get(node);
    if (calls === undefined) this.#pending.set(node, (calls = new Map<number, Pending>()));
    return calls;
  }
}

// Longer than any call of the workloads may wait.
const PATIENCE_US = 6_000_000;
