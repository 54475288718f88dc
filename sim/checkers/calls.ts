import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import { type CallFact, factOf } from './fact.js';

/** What one life of a node still waits for. */
interface Waiting {
  /** Ids of calls that wait for their end. */
  readonly calls: Set<number>;
  readonly lastCall: { id: number };
  /** Operation to how many calls of it are open. */
  readonly asked: Map<number, number>;
}

/** S6. Pairs every call with its one end, and every message with the one before it. */
export class CallsChecker implements Checker {
  readonly id = 'S6';
  readonly title =
    "no call ends twice or with another's answer, and what one node sends to one process arrives " +
    'in order';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #waiting = new Map<number, Waiting>();
  readonly #lastNumber = new Map<string, number>();

  get excuse(): string | undefined {
    return this.#connectivity.isFaithful ? undefined : 'frames went astray';
  }

  observe(observed: Observed): Violation | undefined {
    this.#connectivity.observe(observed);
    const { kind } = observed.observation;
    if (kind === 'world_crash' || kind === 'world_failed') this.#waiting.delete(observed.node);
    const broken = this.#judge(factOf(observed) as CallFact, observed);
    if (broken === undefined || !this.#connectivity.isFaithful) return undefined;
    return violationOf(this, observed, broken);
  }

  #judge(fact: CallFact, { node }: Observed): string | undefined {
    switch (fact.kind) {
      case 'call':
        return this.#called(fact.callId, this.#of(node));
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
      waiting = { calls: new Set(), lastCall: { id: 0 }, asked: new Map() };
      this.#waiting.set(node, waiting);
    }
    return waiting;
  }

  #called(callId: number, { calls, lastCall }: Waiting): string | undefined {
    if (callId <= lastCall.id) return `call ${callId} was made after call ${lastCall.id}`;
    lastCall.id = callId;
    calls.add(callId);
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
