import type { Term } from '../../otp/term.js';
import type { Name } from '../../otp/trace.js';
import type { Roster } from './roster.js';

/** What a process finds in its mailbox. */
export type Message =
  | { readonly kind: 'exit'; readonly from: Process; readonly reason: Term }
  | { readonly kind: 'started'; readonly from: Process; readonly result: Started }
  | { readonly kind: 'leave'; readonly reason: Term }
  | { readonly kind: 'retry'; readonly id: string; readonly of?: Process | undefined }
  | { readonly kind: 'call'; readonly ask: unknown; reply(term: Term): void };

export type Started = 'ok' | 'ignore' | { readonly error: Term };

/** What a process waits for: a message that fits, or for a while. */
export interface Wait {
  readonly fits: (message: Message) => boolean;
  readonly timeoutMs?: number | undefined;
}

/** The program of a process. It gets what it waited for, or nothing when the time is up. */
export type Program = Generator<Wait, Term, Message | undefined>;

/** One process, as on Erlang's machine: a mailbox, links and a program that waits selectively. */
export class Process {
  readonly mailbox: Message[] = [];
  readonly links = new Set<Process>();
  program: Program | undefined = undefined;
  waiting: Wait | undefined = undefined;
  trapsExits = false;
  /** Its end is an event. */
  hasLived = false;
  isAlive = true;
  exit: Term | undefined = undefined;
  deadlineMs: number | undefined = undefined;
  /** The children of one that is a supervisor. */
  roster: Roster | undefined = undefined;
  readonly unanswered = new Set<(term: Term) => void>();

  constructor(
    readonly name: Name,
    readonly parent: Process | undefined,
  ) {}

  /** It has nothing to do until somebody sends it something. */
  get isIdle(): boolean {
    return !this.isAlive || (this.waiting !== undefined && this.waiting.fits === anything);
  }
}

interface Alarm {
  readonly atMs: number;
  readonly owner: Process;
  /** The wait that it puts an end to, if it is there for one. */
  readonly wait?: Wait;
  run(): void;
}

/** All processes, one virtual clock, and the order in which things come about. */
export class Machine {
  nowMs = 0;
  readonly #ready: Process[] = [];
  #alarms: Alarm[] = [];
  readonly #onExit: (process: Process, reason: Term) => void;

  constructor(onExit: (process: Process, reason: Term) => void) {
    this.#onExit = onExit;
  }

  spawn(process: Process, program: Program): void {
    if (process.parent !== undefined) {
      process.links.add(process.parent);
      process.parent.links.add(process);
    }
    process.program = program;
    this.#ready.push(process);
  }

  send(to: Process, message: Message): void {
    if (!to.isAlive) return;
    to.mailbox.push(message);
    if (to.waiting?.fits(message) === true && !this.#ready.includes(to)) this.#ready.push(to);
  }

  /** An exit signal: fatal, unless it is trapped or of no account. */
  signal(to: Process, reason: Term, from: Process): void {
    if (!to.isAlive) return;
    if (to.trapsExits) this.send(to, { kind: 'exit', from, reason });
    else if (reason !== 'normal') this.end(to, reason);
  }

  kill(process: Process): void {
    this.end(process, 'killed');
  }

  end(process: Process, reason: Term): void {
    if (!process.isAlive) return;
    process.isAlive = false;
    process.exit = reason;
    this.#alarms = this.#alarms.filter(({ owner }) => owner !== process);
    this.#onExit(process, reason);
    for (const reply of process.unanswered) reply({ exit: reason });
    for (const message of process.mailbox) {
      if (message.kind === 'call') message.reply({ exit: reason });
    }
    for (const linked of process.links) {
      linked.links.delete(process);
      this.signal(linked, reason, process);
    }
  }

  after(delayMs: number, owner: Process, run: () => void): void {
    const atMs = this.nowMs + delayMs;
    this.#alarms.push({ atMs, owner, run });
  }

  /** The moment of the next alarm. */
  get nextMs(): number | undefined {
    const moments = this.#alarms.map(({ atMs }) => atMs);
    return moments.length === 0 ? undefined : Math.min(...moments);
  }

  /** Lets everybody go on until nobody can, at this instant. */
  runNow(): void {
    for (let turns = 0; turns < 100_000; turns++) {
      const process = this.#ready.shift();
      if (process === undefined) return;
      this.turn(process);
    }
    throw new Error('the machine never comes to rest');
  }

  /** Moves the clock to the next alarm and rings all that are due. */
  advance(): void {
    const { nextMs } = this;
    if (nextMs === undefined) return;
    this.nowMs = nextMs;
    const due = this.#alarms.filter(({ atMs }) => atMs === nextMs);
    this.#alarms = this.#alarms.filter(({ atMs }) => atMs !== nextMs);
    for (const { owner, run } of due) if (owner.isAlive) run();
  }

  /** One process goes on until it waits for something that has not come. */
  turn(process: Process): void {
    const { program } = process;
    while (program !== undefined && process.isAlive) {
      let given: Message | undefined;
      const { waiting } = process;
      if (waiting !== undefined) {
        const at = process.mailbox.findIndex((message) => waiting.fits(message));
        const isLate = process.deadlineMs !== undefined && process.deadlineMs <= this.nowMs;
        if (at < 0 && !isLate) return;
        if (at >= 0) [given] = process.mailbox.splice(at, 1);
        process.waiting = undefined;
        process.deadlineMs = undefined;
        this.#alarms = this.#alarms.filter(({ wait }) => wait !== waiting);
      }
      const step = program.next(given);
      if (step.done === true) {
        this.end(process, step.value);
        return;
      }
      this.#await(process, step.value);
    }
  }

  #await(process: Process, wait: Wait): void {
    process.waiting = wait;
    if (wait.timeoutMs === undefined) return;
    process.deadlineMs = this.nowMs + wait.timeoutMs;
    const run = (): void => void this.#ready.push(process);
    this.#alarms.push({ atMs: process.deadlineMs, owner: process, wait, run });
  }
}

/** Fits every message. */
export const anything = (): boolean => true;
const nothing = (): boolean => false;

export function* sleep(delayMs: number): Generator<Wait, void, Message | undefined> {
  if (delayMs > 0) yield { fits: nothing, timeoutMs: delayMs };
}

export function* forever(): Generator<Wait, void, Message | undefined> {
  yield { fits: nothing };
}
