import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import { type CallFact, type ProcessAddress, factOf } from './fact.js';

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

  get excuse(): string | undefined {
    return this.#connectivity.isFaithful ? undefined : 'frames went astray';
  }

  observe(observed: Observed): undefined {
    const { node, atUs, observation } = observed;
    this.#connectivity.observe(observed);
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#pending.delete(node);
      return;
    }
    const fact = factOf(observed) as CallFact;
    if (fact.kind === 'call') {
      this.#of(node).set(fact.callId, { to: fact.to, atUs });
    } else if (fact.kind === 'call_ended') {
      if (this.#of(node).delete(fact.callId)) this.checks += 1;
    }
  }

  finish(endedUs: number): Violation | undefined {
    if (!this.#connectivity.isFaithful || !this.#connectivity.isSettled(endedUs)) return undefined;
    for (const [node, calls] of this.#pending) {
      for (const [callId, { to, atUs }] of calls) {
        if (endedUs - atUs <= PATIENCE_US || !this.#connectivity.isConnected(node)) continue;
        const who = `call ${callId} of node ${node + 1} to ${to.id}`;
        const happened = `${who} at ${msText(atUs)} never ended`;
        return violationOf(this, { event: 0, atUs: endedUs }, happened);
      }
    }
    return undefined;
  }

  #of(node: number): Map<number, Pending> {
    let calls = this.#pending.get(node);
    if (calls === undefined) this.#pending.set(node, (calls = new Map<number, Pending>()));
    return calls;
  }
}

// Longer than any call of the workloads may wait.
const PATIENCE_US = 6_000_000;
