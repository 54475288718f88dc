import { type CallFact, type RelationFact, factOf } from '../checkers/fact.js';
import type { Observed } from '../world-report.js';
import { type Detector, isLoss } from './detector.js';

/** One life of a node: whom it watches, and whom it calls. */
interface Watcher {
  readonly targets: Map<string, string>;
  readonly calls: Map<number, string>;
  /** When a call to the process ended last. */
  readonly answeredUs: Map<string, number>;
}

/** A DOWN arrives while a call to the same process waits, or has just ended. */
export class DownRacingReply implements Detector {
  seen = 0;
  readonly #watchers = new Map<number, Watcher>();

  observe(observed: Observed): void {
    const { node, atUs } = observed;
    if (isLoss(observed)) this.#watchers.delete(node);
    const fact = factOf(observed) as CallFact | RelationFact;
    switch (fact.kind) {
      case 'monitored':
        this.#of(node).targets.set(fact.monitorId, fact.target.id);
        return;
      case 'call':
        this.#of(node).calls.set(fact.callId, fact.to.id);
        return;
      case 'call_ended':
        return this.#ended(fact.callId, this.#of(node), atUs);
      case 'down':
        if (isRace(this.#of(node), fact.monitorId, atUs)) this.seen += 1;
        this.#of(node).targets.delete(fact.monitorId);
        return;
      default:
        return;
    }
  }

  #ended(callId: number, { calls, answeredUs }: Watcher, atUs: number): void {
    const called = calls.get(callId);
    if (called === undefined) return;
    calls.delete(callId);
    answeredUs.set(called, atUs);
  }

  #of(node: number): Watcher {
    let watcher = this.#watchers.get(node);
    if (watcher === undefined) {
      watcher = { targets: new Map(), calls: new Map(), answeredUs: new Map() };
      this.#watchers.set(node, watcher);
    }
    return watcher;
  }
}

function isRace({ targets, calls, answeredUs }: Watcher, monitorId: string, atUs: number): boolean {
  const target = targets.get(monitorId);
  if (target === undefined) return false;
  if ([...calls.values()].includes(target)) return true;
  return atUs - (answeredUs.get(target) ?? -Infinity) <= CLOSE_US;
}

// About as long as a frame is under way.
const CLOSE_US = 10_000;
