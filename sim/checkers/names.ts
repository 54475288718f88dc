import type { Observed } from '../world-report.js';
import { type Checker, type Violation, violationOf } from './checker.js';
import { Connectivity } from './connectivity.js';
import {
  type CallFact,
  type ClusterFact,
  type NameFact,
  type RelationFact,
  factOf,
  lifeOfProcess,
  nodeIdOf,
} from './fact.js';

/** What one life of a node says of names. */
interface Book {
  /** Name to the process that `whereis` gives. */
  readonly owners: Map<string, string>;
  /** Lives of nodes that it declared down, and did not take back. */
  readonly down: Set<string>;
  /** Names that lead to such a life at this very instant. */
  readonly doubtful: Set<string>;
  doubtfulUs: number;
}

type Read = NameFact | CallFact | RelationFact | ClusterFact;

/** S9. Keeps every node's book of names, and knows which entries may go. */
export class NamesChecker implements Checker {
  readonly id = 'S9';
  readonly title =
    'on one node a name has one owner at most, which is on no node that this one has declared ' +
    'down, and nothing removes an entry but its own end, its own node, or a better claim';
  checks = 0;
  readonly #connectivity = new Connectivity();
  readonly #books = new Map<number, Book>();
  /** Processes that ended. */
  readonly #ended = new Set<string>();
  /** Claims that their own node gave up, or that lost: name and process. */
  readonly #given = new Set<string>();

  get excuse(): string | undefined {
    return this.#connectivity.isFaithful ? undefined : 'frames went astray';
  }

  observe(observed: Observed): Violation | undefined {
    const { node, atUs, observation } = observed;
    this.#connectivity.observe(observed);
    if (observation.kind === 'world_crash' || observation.kind === 'world_failed') {
      this.#books.delete(node);
      return undefined;
    }
    const book = this.#bookOf(node);
    const fact = factOf(observed) as Read;
    const broken = stale(book, atUs) ?? this.#judge(fact, book, node, atUs);
    if (broken === undefined || !this.#connectivity.isFaithful) return undefined;
    return violationOf(this, observed, `on ${this.#connectivity.idOf(node)} ${broken}`);
  }

  #judge(fact: Read, book: Book, node: number, atUs: number): string | undefined {
    switch (fact.kind) {
      case 'name_registered':
        return this.#registered(fact.name, fact.processId, book, atUs);
      case 'name_unregistered':
        return this.#unregistered(fact.name, fact.processId, book, node);
      case 'name_conflict':
        this.#given.add(`${fact.name} ${fact.loser}`);
        return undefined;
      case 'exited':
        this.#ended.add(fact.id);
        return undefined;
      case 'asked':
        return this.#asked(fact.child, fact.processId, book);
      case 'node_up':
        book.down.delete(`${fact.nodeId} ${fact.incarnation}`);
        return undefined;
      case 'node_down':
        this.#down(`${fact.nodeId} ${fact.incarnation}`, book, atUs);
        return undefined;
      default:
        return undefined;
    }
  }

  #registered(name: string, processId: string, book: Book, atUs: number): string | undefined {
    this.checks += 1;
    const holder = book.owners.get(name);
    book.owners.set(name, processId);
    if (book.down.has(lifeOfProcess(processId))) doubt(book, name, atUs);
    if (holder === undefined) return undefined;
    return `${name} was given to ${processId} while ${holder} had it`;
  }

  #unregistered(name: string, processId: string, book: Book, node: number): string | undefined {
    this.checks += 1;
    const holder = book.owners.get(name);
    if (holder !== processId) {
      return `${name} was taken from ${processId} while ${holder ?? 'nobody'} had it`;
    }
    book.owners.delete(name);
    const key = `${name} ${processId}`;
    const isOwn = nodeIdOf(processId) === this.#connectivity.idOf(node);
    if (isOwn) this.#given.add(key);
    const mayGo =
      isOwn ||
      this.#given.has(key) ||
      this.#ended.has(processId) ||
      book.down.has(lifeOfProcess(processId));
    return mayGo ? undefined : `${name} was taken from ${processId}, which holds on to it`;
  }

  #asked(name: string, processId: string | undefined, book: Book): string | undefined {
    if (processId === undefined) return undefined;
    this.checks += 1;
    if (!book.down.has(lifeOfProcess(processId))) return undefined;
    return `whereis gave ${processId} for ${name}, whose node was declared down`;
  }

  #down(life: string, book: Book, atUs: number): void {
    book.down.add(life);
    for (const [name, processId] of book.owners) {
      if (lifeOfProcess(processId) === life) doubt(book, name, atUs);
    }
  }

  #bookOf(node: number): Book {
    let book = this.#books.get(node);
    if (book === undefined) {
      const names = { owners: new Map<string, string>(), doubtful: new Set<string>() };
      book = { ...names, down: new Set(), doubtfulUs: 0 };
      this.#books.set(node, book);
    }
    return book;
  }
}

// Names of a node come just before it counts as up, and go just after it counts as down.
function doubt(book: Book, name: string, atUs: number): void {
  book.doubtful.add(name);
  book.doubtfulUs = atUs;
}

function stale(book: Book, nowUs: number): string | undefined {
  if (book.doubtful.size === 0 || nowUs <= book.doubtfulUs) return undefined;
  const names = [...book.doubtful];
  book.doubtful.clear();
  for (const name of names) {
    const owner = book.owners.get(name);
    if (owner === undefined || !book.down.has(lifeOfProcess(owner))) continue;
    return `${name} leads to ${owner}, whose node was declared down`;
  }
  return undefined;
}
