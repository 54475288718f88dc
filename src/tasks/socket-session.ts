import type { Socket } from 'socket.io';
import { toError } from '../base/errors.js';
import type { Log } from '../platform/platform.js';
import type { LedgerDesk } from './ledger-desk.js';
import type { TryEnd } from './ledger-server.js';
import type { Asking, Claim, Phase, Verdict } from './ledger.js';
import { ENHANCED } from './socket-enhanced.js';
import type { AssignTask, Receipt, Renewal, Try } from './protocol.js';
import { ANY_TYPE } from './ready-queue.js';
import { authOf } from './socket-server.js';
import { type Fields, fieldsOf, tryOf, UnreadableMessageError } from './socket-message.js';
import { type RosterEntry, UNNAMED_PREFIX } from './worker-roster.js';

/** What all sessions of a coordinator share. */
export interface SessionWorld {
  readonly desk: LedgerDesk;
  readonly log: Log;
  /** Makes more tasks when there are none left; how many are new. */
  readonly refill: () => Promise<number>;
  readonly leaseMs: number;
  /** Of a worker that cannot renew its leases. */
  readonly silentLeaseMs: number;
  /** How long a worker whose connection broke may stay away. */
  readonly reconnectGraceMs: number;
  /** The connection is over, and no other one took its place. */
  readonly left: (session: WorkerSession) => void;
}

/** How a worker is spoken to. */
export interface SessionDialect {
  /** Hears what only this kind of worker says. */
  listen(session: WorkerSession): void;
  /** There may be a task for a worker that was told of none. */
  wake(session: WorkerSession): void;
  /** A task is not the worker's any more. */
  tellLost?(session: WorkerSession, claim: Claim): void;
}

/** One connection of one worker: what it says goes to the desk, each thing once. */
export class WorkerSession {
  readonly workerId: string;
  readonly #world: SessionWorld;
  readonly #socket: Socket;
  readonly #entry: RosterEntry;
  /** It says who it is, so it may come back as the same worker. */
  readonly #isNamed: boolean;
  readonly #leaseMs: number;
  /** The present try of each task it was handed over this connection. */
  readonly #attempts = new Map<string, number>();
  /** What it had when it came back; the worker says whether it knows of it. */
  #inherited: readonly Claim[];
  readonly #dialect: SessionDialect;
  /** It was told that there is nothing for it. */
  isIdle = false;
  /** Counts the times at which there might have been something for it. */
  #wakes = 0;
  #lastTaskId: string | undefined;
  #isReplaced = false;

  constructor(world: SessionWorld, socket: Socket, dialect: SessionDialect = ENHANCED) {
    const { workerId, renews } = authOf(socket);
    this.#world = world;
    this.#socket = socket;
    this.#dialect = dialect;
    this.#isNamed = workerId !== undefined;
    this.workerId = workerId ?? `${UNNAMED_PREFIX}${socket.id}`;
    this.#leaseMs = renews === true ? world.leaseMs : world.silentLeaseMs;
    this.#entry = world.desk.roster.join(this.workerId, world.desk.nowMs());
    this.#inherited = world.desk
      .heldBy(this.workerId)
      .map(({ task, attempt }) => ({ taskId: task.taskId, attempt, workerId: this.workerId }));
    this.#listen();
  }

  /** Tells a worker without a task that there may be one of this type. */
  wake(taskType?: string): void {
    if (taskType !== undefined && !this.#takes(taskType)) return;
    this.#wakes += 1;
    if (!this.isIdle) return;
    this.isIdle = false;
    this.#dialect.wake(this);
  }

  /** The try is not the worker's any more. */
  tellLost(claim: Claim): void {
    const { taskId, attempt } = claim;
    if (this.#attempts.get(taskId) === attempt) this.#attempts.delete(taskId);
    this.#dialect.tellLost?.(this, claim);
  }

  /** The same worker has connected anew; this connection no longer speaks for it. */
  replace(): void {
    this.#isReplaced = true;
    this.#socket.emit('replaced');
    this.#socket.disconnect(true);
  }

  #listen(): void {
    this.#world.log.info(`worker ${this.workerId} connected`);
    this.#dialect.listen(this);
    this.on('renewLeases', (fields) => this.#renew(fields));
    this.#socket.on('disconnect', (reason) => this.#gone(reason));
  }

  set taskTypes(taskTypes: Iterable<string>) {
    this.#entry.taskTypes = new Set(taskTypes);
    this.wake();
  }

  get taskTypes(): ReadonlySet<string> {
    return this.#entry.taskTypes;
  }

  emit(event: string, message: unknown): void {
    this.#socket.emit(event, message);
  }

  /**
   * Hears an event; what `handle` gives is the acknowledgement. A message that cannot be read, or a
   * desk that is closed, is that message's failure alone.
   */
  on(event: string, handle: (fields: Fields) => unknown): void {
    this.#socket.on(event, (message: unknown, acknowledge?: unknown) => {
      const answer = typeof message === 'function' ? message : acknowledge;
      void this.#hear(event, message, handle).then((receipt) => {
        if (typeof answer === 'function') this.#answer(event, answer as Answer, receipt);
      });
    });
  }

  async #hear(
    event: string,
    message: unknown,
    handle: (fields: Fields) => unknown,
  ): Promise<unknown> {
    try {
      return await handle(fieldsOf(event, message));
    } catch (error) {
      const { message: reason } = toError(error);
      this.#world.log.warn(`${event} of worker ${this.workerId} was refused: ${reason}`);
      // What cannot be read never will be; all else may be sent again.
      const receipt: Receipt = { accepted: false, reason };
      return error instanceof UnreadableMessageError ? receipt : { ...receipt, isTemporary: true };
    }
  }

  #answer(event: string, answer: Answer, receipt: unknown): void {
    try {
      answer(receipt);
    } catch (error) {
      this.#world.log.error(`${event} cannot be answered`, { error });
    }
  }

  /**
   * The next task for the worker. When there is none, not from the source either, the worker is
   * idle from then on: it is told as soon as there may be one. That holds too when nobody knows,
   * which this rejects with.
   */
  async next(): Promise<AssignTask | undefined> {
    let next: AssignTask | undefined;
    try {
      let wakes: number;
      do {
        wakes = this.#wakes;
        next = (await this.#assign()) ?? (await this.#refilled());
      } while (next === undefined && wakes !== this.#wakes && this.#socket.connected);
    } finally {
      if (next === undefined) this.isIdle = true;
    }
    return next;
  }

  async #refilled(): Promise<AssignTask | undefined> {
    return (await this.#world.refill()) > 0 ? this.#assign() : undefined;
  }

  async #assign(): Promise<AssignTask | undefined> {
    const asking = this.#asking();
    return asking === undefined ? undefined : this.#took(await this.#world.desk.assign(asking));
  }

  #asking(): Asking | undefined {
    // After its end nobody would put back what it gets.
    if (!this.#socket.connected) return undefined;
    const { taskTypes } = this.#entry;
    return { workerId: this.workerId, taskTypes, leaseMs: this.#leaseMs };
  }

  #took(assignment: AssignTask | undefined): AssignTask | undefined {
    if (assignment !== undefined) {
      this.#lastTaskId = assignment.task.taskId;
      this.#attempts.set(this.#lastTaskId, assignment.attempt);
    }
    return assignment;
  }

  /**
   * What a worker speaks of that does not say it: of what it was handed, the first that it has not
   * answered; once more of the last one when it has answered all.
   */
  get presentTaskId(): string | undefined {
    const [oldest = this.#lastTaskId] = this.#attempts.keys();
    return oldest;
  }

  async progress(fields: Fields, phase: Phase): Promise<Receipt> {
    return receiptOf(await this.#world.desk.progress(this.#claim(fields), phase));
  }

  complete(fields: Fields, result: unknown): Promise<Receipt> {
    return this.#settle(fields, { kind: 'complete', claim: this.#claim(fields), result });
  }

  fail(fields: Fields, error: string): Promise<Receipt> {
    return this.#settle(fields, { kind: 'fail', claim: this.#claim(fields), error });
  }

  async #settle(fields: Fields, end: TryEnd): Promise<Receipt> {
    this.#attempts.delete(end.claim.taskId);
    const wantsNext = fields['wantsNext'] === true;
    const ask = (): Asking | undefined => (wantsNext ? this.#asking() : undefined);
    const { verdict, next: first } = await this.#world.desk.settle(end, ask);
    this.#took(first);
    if (verdict.kind === 'refused') this.#world.log.warn(`a result was refused: ${verdict.reason}`);
    if (!wantsNext) return receiptOf(verdict);
    const next = first ?? (await this.next());
    return next === undefined ? receiptOf(verdict) : { ...receiptOf(verdict), next };
  }

  async #renew(fields: Fields): Promise<Renewal> {
    const { tries } = fields;
    if (!Array.isArray(tries)) {
      throw new UnreadableMessageError('renewLeases', 'tries', 'an array', tries);
    }
    const claims = tries.map((each) => this.#claim(fieldsOf('renewLeases', each)));
    this.#releaseUnknown(claims);
    const renewed = await this.#world.desk.renew(claims);
    const split = (isRenewed: boolean): Try[] =>
      claims
        .filter((_claim, at) => renewed[at] === isRenewed)
        .map(({ taskId, attempt }) => ({ taskId, attempt }));
    return { renewed: split(true), lost: split(false) };
  }

  // What was on its way to the worker when its connection broke never got there.
  #releaseUnknown(claims: readonly Claim[]): void {
    const known = new Set(claims.map(({ taskId, attempt }) => `${attempt} ${taskId}`));
    for (const claim of this.#inherited) {
      if (known.has(`${claim.attempt} ${claim.taskId}`)) continue;
      void this.quietly(this.#world.desk.release(claim, 'it never reached its worker'));
    }
    this.#inherited = [];
  }

  #gone(reason: string): void {
    const { desk, log, reconnectGraceMs } = this.#world;
    if (this.#isReplaced) return;
    this.#world.left(this);
    desk.left(this.workerId);
    log.info(`worker ${this.workerId} disconnected: ${reason}`);
    if (reason === 'server shutting down') return;
    const saidGoodbye = reason === 'client namespace disconnect';
    void this.quietly(
      this.#isNamed && !saidGoodbye
        ? desk.workerAway(this.workerId, reconnectGraceMs)
        : desk.workerLost(this.workerId, `worker ${this.workerId} disconnected`),
    );
  }

  /** For what nobody waits for. A desk that closes keeps its leases for its next life. */
  async quietly(done: Promise<unknown>): Promise<void> {
    try {
      await done;
    } catch (error) {
      this.#world.log.debug('nothing to put back', { error });
    }
  }

  #takes(taskType: string): boolean {
    return this.#entry.taskTypes.has(taskType) || this.#entry.taskTypes.has(ANY_TYPE);
  }

  #claim(fields: Fields): Claim {
    const { taskId, attempt } = tryOf(fields);
    const known = attempt ?? this.#attempts.get(taskId);
    if (known === undefined) return this.#claimOfBefore(taskId);
    return { taskId, attempt: known, workerId: this.workerId };
  }

  // A worker of the bare contract is another one after its connection broke; what it found out
  // before then counts as long as nobody else got the task.
  #claimOfBefore(taskId: string): Claim {
    const lost = this.#world.desk.lostTryOf(taskId);
    if (!this.#isNamed && lost?.workerId.startsWith(UNNAMED_PREFIX) === true) return lost;
    return { taskId, attempt: 0, workerId: this.workerId };
  }
}

type Answer = (receipt: unknown) => void;

function receiptOf(verdict: Verdict): Receipt {
  return verdict.kind === 'accepted'
    ? { accepted: true }
    : { accepted: false, reason: verdict.reason };
}
