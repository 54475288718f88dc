import { compareCodeUnits } from '../../src/base/compare.js';
import type { Observed } from '../world-report.js';
import { type Checker, type Violation, msText, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import { type FinalFact, type NameFact, type RelationFact, factOf, nodeIdOf } from './fact.js';

interface Report {
  readonly observed: Observed;
  readonly names: ReadonlyMap<string, string>;
}

interface Loser {
  readonly name: string;
  readonly processId: string;
  readonly node: number;
  readonly atUs: number;
}

type Read = FinalFact | NameFact | RelationFact;

/** L3. Compares the names of all nodes in the end, and looks for losers that live on. */
export class NamesAgreementChecker implements Checker {
  readonly id = 'L3';
  readonly title =
    'at the end every name has the same living owner on every node, and whoever lost its name ' +
    'has ended, unless it was only to be told; no two lose a name to each other';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #reports = new Map<number, Report>();
  readonly #losers = new Map<string, Loser>();
  /** Who won the name that a process lost, by the word of its own node. */
  readonly #winners = new Map<string, string>();
  /** Ends, by the node where the process ended: a supervisor that moved lives on elsewhere. */
  readonly #ended = new Set<string>();
  /** Where a process was started last. */
  readonly #places = new Map<string, { readonly node: number; readonly life: number }>();
  #changedUs = 0;

  get excuse(): string | undefined {
    if (this.#connectivity.living().length === 0) return 'no node was left';
    return this.#connectivity.isFaithful ? undefined : 'frames went astray';
  }

  observe(observed: Observed): Violation | undefined {
    const { node, atUs } = observed;
    this.#connectivity.observe(observed);
    const fact = factOf(observed) as Read;
    switch (fact.kind) {
      case 'spawned':
        this.#places.set(fact.id, { node, life: observed.incarnation });
        this.#ended.delete(endKey(node, fact.id));
        return;
      case 'exited':
        this.#ended.add(endKey(node, fact.id));
        if (this.#losers.get(fact.id)?.node === node) this.#losers.delete(fact.id);
        return;
      case 'name_registered':
      case 'name_unregistered':
        this.#changedUs = atUs;
        return;
      case 'name_conflict':
        // What others see may be long over where it matters.
        if (nodeIdOf(fact.loser) !== this.#connectivity.idOf(node)) return;
        // Taken over: it is the same process elsewhere, and no business of the names.
        if (fact.loser === fact.winner) return;
        this.#losers.set(fact.loser, { name: fact.name, processId: fact.loser, node, atUs });
        return this.#bothLost(fact, observed);
      case 'name_lost':
        // It wanted to hear of it, and no more.
        if (!fact.ends) this.#losers.delete(fact.processId);
        return;
      case 'final_names': {
        const owned = fact.names.filter((entry): entry is [string, string] => !!entry[1]);
        this.#reports.set(node, { observed, names: new Map(owned) });
        return;
      }
      default:
        return;
    }
  }

  #bothLost(
    { name, winner, loser }: Extract<NameFact, { kind: 'name_conflict' }>,
    observed: Observed,
  ): Violation | undefined {
    this.#winners.set(`${name} ${loser}`, winner);
    if (this.#winners.get(`${name} ${winner}`) !== loser) return undefined;
    const happened = `${loser} lost ${name} to ${winner}, which had lost it to ${loser}`;
    return violationOf(this, observed, happened);
  }

  finish(endedUs: number): Violation | undefined {
    if (!this.#connectivity.isFaithful) return undefined;
    return this.#loserLeft(endedUs) ?? this.#disagreement();
  }

  #loserLeft(endedUs: number): Violation | undefined {
    for (const { name, processId, node, atUs } of this.#losers.values()) {
      if (!this.#lives(processId, node) || endedUs - atUs <= SHUTDOWN_US) continue;
      if (!this.#connectivity.isSettled(endedUs)) continue;
      this.checks += 1;
      const happened = `${processId} lost ${name} at ${msText(atUs)} and lives on`;
      return violationOf(this, { event: 0, atUs: endedUs }, happened);
    }
    return undefined;
  }

  #disagreement(): Violation | undefined {
    const living = this.#connectivity.living();
    const reports = living.flatMap((node) => this.#reports.get(node) ?? []);
    const [first] = reports;
    for (const { observed, names } of reports) {
      if (first === undefined || !this.#isQuiet(observed.atUs)) return undefined;
      this.checks += 1;
      const here = this.#connectivity.idOf(observed.node);
      const happened =
        difference(first, names, this.#connectivity.idOf(first.observed.node), here) ??
        this.#deadOwner(names, here);
      if (happened !== undefined) return violationOf(this, observed, happened);
    }
    return undefined;
  }

  /** A name that changes hands as the nodes are asked is one thing here and another there. */
  #isQuiet(askedUs: number): boolean {
    return this.#connectivity.isSettled(askedUs) && askedUs - this.#changedUs > CALM_US;
  }

  #deadOwner(names: ReadonlyMap<string, string>, here: string): string | undefined {
    for (const [name, processId] of names) {
      const node = this.#places.get(processId)?.node;
      if (node !== undefined && this.#lives(processId, node)) continue;
      return `${here} has ${processId} for ${name}, which has ended`;
    }
    return undefined;
  }

  #lives(processId: string, node: number): boolean {
    const place = this.#places.get(processId);
    if (place?.node !== node || place.life !== this.#connectivity.lifeOf(node)) return false;
    return this.#connectivity.isConnected(node) && !this.#ended.has(endKey(node, processId));
  }
}

function endKey(node: number, processId: string): string {
  return `${node} ${processId}`;
}

function difference(
  { names: left }: Report,
  right: ReadonlyMap<string, string>,
  there: string,
  here: string,
): string | undefined {
  const all = [...new Set([...left.keys(), ...right.keys()])].sort(compareCodeUnits);
  const name = all.find((one) => left.get(one) !== right.get(one));
  if (name === undefined) return undefined;
  const [one = 'nobody', other = 'nobody'] = [left.get(name), right.get(name)];
  return `${name} is ${one} on ${there} and ${other} on ${here}`;
}

const CALM_US = 1_000_000;
// Longer than a process may take to end.
const SHUTDOWN_US = 6_000_000;
