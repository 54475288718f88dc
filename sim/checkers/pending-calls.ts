import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import { type CallFact, type LeaseFact, type ProcessAddress, factOf } from './fact.js';
import { LiveChildren } from './live-children.js';

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
  /** Until when a node may run the children of a supervisor. */
  readonly #leases = new Map<string, number>();

  get excuse(): string | undefined {
    return this.#connectivity.isFaithful ? undefined : 'frames went astray';
  }

  observe(observed: Observed): undefined {
    const { node, atUs, observation } = observed;
    this.#connectivity.observe(observed);
    this.#live.observe(observed);
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#pending.delete(node);
      return;
    }
    const fact = factOf(observed) as CallFact | LeaseFact;
    if (fact.kind === 'call') {
      this.#of(node).set(fact.callId, { to: fact.to, atUs });
    } else if (fact.kind === 'call_ended') {
      if (this.#of(node).delete(fact.callId)) this.checks += 1;
    } else if (fact.kind === 'lease_opened') {
      this.#leases.set(`${node} ${fact.supervisorId}`, atUs + fact.forMs * 1000);
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

  /** Exclusive children whose node has no lease for them: what they are asked waits with them. */
  #shut(nowUs: number): ReadonlySet<string> {
    const shut = this.#live.all().filter(({ node, ownerId }) => {
      const untilUs = this.#leases.get(`${node} ${ownerId}`);
      return untilUs !== undefined && untilUs < nowUs;
    });
    return new Set(shut.map(({ processId }) => processId));
  }

  #of(node: number): Map<number, Pending> {
    let calls = this.#pending.get(node);
    if (calls === undefined) this.#pending.set(node, (calls = new Map<number, Pending>()));
    return calls;
  }
}

// Longer than any call of the workloads may wait.
const PATIENCE_US = 6_000_000;
