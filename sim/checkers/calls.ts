import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { type CallFact, factOf } from './fact.js';

/** What one life of a node still waits for. */
interface Waiting {
  /** Call id to when it was made. */
  readonly calls: Map<number, number>;
  readonly lastCall: { id: number };
  /** Operation to how many calls of it are open. */
  readonly asked: Map<number, number>;
}

/** S6. Pairs every call with its one end, and every message with the one before it. */
export class CallsChecker implements Checker {
  readonly id = 'S6';
  readonly title =
    'every call ends exactly once and with the answer to it, and what one node sends to one ' +
    'process arrives in order';
  checks = 0;
  readonly #waiting = new Map<number, Waiting>();
  readonly #lastNumber = new Map<string, number>();

  observe(observed: Observed): Violation | undefined {
    const { kind } = observed.observation;
    if (kind === 'world_crash' || kind === 'world_failed') this.#waiting.delete(observed.node);
    const broken = this.#judge(factOf(observed) as CallFact, observed);
    return broken === undefined ? undefined : violationOf(this, observed, broken);
  }

  finish(endedUs: number): Violation | undefined {
    for (const [node, { calls }] of this.#waiting) {
      for (const [callId, atUs] of calls) {
        if (endedUs - atUs <= PATIENCE_US) continue;
        const happened = `call ${callId} of node ${node + 1} at ${msText(atUs)} never ended`;
        return violationOf(this, { event: 0, atUs: endedUs }, happened);
      }
    }
    return undefined;
  }

  #judge(fact: CallFact, { node, atUs }: Observed): string | undefined {
    switch (fact.kind) {
      case 'call':
        return this.#called(fact.callId, this.#of(node), atUs);
      case 'call_ended':
        this.checks += 1;
        if (this.#of(node).calls.delete(fact.callId)) return undefined;
        return `call ${fact.callId} of node ${node + 1} ended by ${fact.outcome} and was not open`;
      case 'asked':
        this.#count(fact.op, 1, node);
        return undefined;
      case 'answered':
        this.checks += 1;
        if (fact.echoed !== fact.op) {
          return `call ${fact.op} to ${fact.child} was answered with the reply to ${fact.echoed}`;
        }
        return this.#ended(fact.op, fact.child, node);
      case 'unanswered':
        return this.#ended(fact.op, fact.child, node);
      case 'received':
        return this.#received(fact);
      default:
        return undefined;
    }
  }

  #of(node: number): Waiting {
    let waiting = this.#waiting.get(node);
    if (waiting === undefined) {
      waiting = { calls: new Map(), lastCall: { id: 0 }, asked: new Map() };
      this.#waiting.set(node, waiting);
    }
    return waiting;
  }

  #called(callId: number, { calls, lastCall }: Waiting, atUs: number): string | undefined {
    if (callId <= lastCall.id) return `call ${callId} was made after call ${lastCall.id}`;
    lastCall.id = callId;
    calls.set(callId, atUs);
    return undefined;
  }

  #ended(op: number, child: string, node: number): string | undefined {
    if (this.#count(op, -1, node) >= 0) return undefined;
    return `call ${op} to ${child} ended once more than it was made`;
  }

  #count(op: number, change: 1 | -1, node: number): number {
    const { asked } = this.#of(node);
    const count = (asked.get(op) ?? 0) + change;
    if (count === 0) asked.delete(op);
    else asked.set(op, count);
    return count;
  }

  /** Numbers may be missing: what is lost is lost. None comes twice, or behind a later one. */
  #received({ from, processId, number }: Extract<CallFact, { kind: 'received' }>) {
    if (number === 0) return undefined;
    const key = `${from} ${processId}`;
    const last = this.#lastNumber.get(key);
    if (last !== undefined) this.checks += 1;
    this.#lastNumber.set(key, number);
    if (number > (last ?? 0)) return undefined;
    return `message ${number} from ${from} to ${processId} came after message ${last}`;
  }
}

// Longer than any call of the workloads may wait.
const PATIENCE_US = 6_000_000;
