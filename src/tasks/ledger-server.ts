import { unreachable } from '../base/assert.js';
import { toError } from '../base/errors.js';
import type { Clock, Log } from '../platform/platform.js';
import type { CallResult, GenServerBehavior, GenServerRef } from '../otp/behavior.js';
import type { Context } from '../otp/context.js';
import type { From } from '../otp/from.js';
import { GenServer } from '../otp/facades.js';
import type { TimerRef } from '../otp/send-after.js';
import type { LedgerOptions } from './ledger-options.js';
import {
  type Asking,
  type Claim,
  Ledger,
  type LedgerNaming,
  type Phase,
  type Verdict,
} from './ledger.js';
import type { AssignTask } from './protocol.js';
import type { TaskStore } from './store.js';
import { InvalidTaskError } from './task-error.js';
import type { LedgerChange } from './task-record.js';
import type { NewTask, TaskSettings } from './task.js';

/** What is asked of the process that has the ledger. The replies are those of {@link Ledger}. */
export type LedgerCommand =
  | { readonly kind: 'add'; readonly task: NewTask; readonly settings?: TaskSettings }
  | { readonly kind: 'assign'; readonly asking: Asking }
  | { readonly kind: 'progress'; readonly claim: Claim; readonly phase: Phase }
  | TryEnd
  /** The end of a try, and the next task for whoever ended it: stored together. */
  | { readonly kind: 'settle'; readonly end: TryEnd; readonly asking: Asking }
  | { readonly kind: 'renew'; readonly claims: readonly Claim[] }
  | { readonly kind: 'shorten'; readonly workerId: string; readonly forMs: number }
  | { readonly kind: 'release'; readonly claim: Claim; readonly reason: string }
  | { readonly kind: 'lost'; readonly workerId: string; readonly reason: string }
  | { readonly kind: 'cancel'; readonly taskId: string };

/** How a try ended, by the word of its worker. */
export type TryEnd =
  | { readonly kind: 'complete'; readonly claim: Claim; readonly result: unknown }
  | { readonly kind: 'fail'; readonly claim: Claim; readonly error: string };

/** What became of the end of a try, and the next one. */
export interface Settled {
  readonly verdict: Verdict;
  readonly next: AssignTask | undefined;
}

export interface LedgerHost {
  readonly options: LedgerOptions & LedgerNaming;
  readonly store: TaskStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How long workers have to come back after a restart; as long as their leases by default. */
  readonly resumeGraceMs?: number;
  /** The ledger that was just read from the store: for questions, which need no message. */
  opened?(ledger: Ledger, nowMs: () => number): void;
  /** The store takes no writes: all commands are refused until a ledger is opened anew. */
  failed?(): void;
  /** What is stored now, in order. */
  changed?(changes: readonly LedgerChange[]): void;
  /** There may be something to hand out now that waited for its time. */
  due?(): void;
}

/**
 * The process that has a ledger. It answers when what it did is stored, and takes further commands
 * meanwhile: the store writes many changes at once. When the store fails it refuses everything with
 * what the store said, until that takes writes again, and goes on with what was stored.
 */
export function ledgerServer(
  host: LedgerHost,
): GenServerBehavior<LedgerState, LedgerCommand, never, unknown> {
  return {
    init: () => openLedger(host),
    handleCall: (command, state, context) => {
      const { failure } = state;
      if (failure !== undefined) return [GenServer.replyError(failure), state];
      const nowMs = state.nowMs();
      if (isLate(state, nowMs)) catchUp(host, state, nowMs);
      let reply: unknown;
      try {
        reply = obey(host, state.ledger, command, nowMs);
      } catch (error) {
        // A refusal is the caller's business.
        reply = GenServer.replyError(error);
      }
      arm(state, context);
      return answer(host, state, reply, context);
    },
    handleCast: (_message, state) => state,
    handleInfo: (info: unknown, state, context) => {
      if (info === RECOVER) return recover(host, state, context);
      if (info === TICK && state.failure === undefined) tick(host, state, context);
      return state;
    },
    terminate: (reason) => {
      if (typeof reason === 'string') return;
      host.log.error(`the ledger failed and begins anew: ${reason.error.message}`);
    },
  };
}

export interface LedgerState {
  ledger: Ledger;
  readonly nowMs: () => number;
  /** The next tick, and when it comes. */
  tick: { readonly timer: TimerRef; readonly atMs: number } | undefined;
  /** What is on its way to the store; undefined when all is there. */
  writing: Writing | undefined;
  /** Why nothing is done now; undefined while the store takes writes. */
  failure: Error | undefined;
  /** Before the store is tried again. Starts anew with every write that it takes. */
  pauseMs: number;
}

/** Changes that the store writes together, and who is told of them then. */
interface Writing {
  readonly written: Promise<void>;
  readonly changes: LedgerChange[];
  readonly replies: { readonly from: From; readonly reply: unknown }[];
}

async function openLedger(host: LedgerHost): Promise<LedgerState> {
  const { clock } = host;
  // Comparable between lives of the coordinator, and within one life it never jumps.
  const originMs = clock.wallMs() - clock.nowMs();
  const nowMs = (): number => originMs + clock.nowMs();
  const ledger = await readLedger(host, nowMs);
  return {
    ledger,
    nowMs,
    tick: undefined,
    writing: undefined,
    failure: undefined,
    pauseMs: PAUSE_MIN_MS,
  };
}

async function readLedger(host: LedgerHost, nowMs: () => number): Promise<Ledger> {
  const { options, store, log, opened, resumeGraceMs } = host;
  const ledger = new Ledger(options, await store.load());
  ledger.resume(nowMs(), resumeGraceMs);
  const waiting = ledger.waiting();
  if (waiting > 0) log.info(`the store holds ${waiting} tasks that wait`);
  opened?.(ledger, nowMs);
  return ledger;
}

function tick(host: LedgerHost, state: LedgerState, context: Context): void {
  const nowMs = state.nowMs();
  if (isLate(state, nowMs)) catchUp(host, state, nowMs);
  disarm(state);
  state.ledger.advance(nowMs);
  publish(host, state, context);
  arm(state, context);
  host.due?.();
}

/** Whether the whole process stood still when something was to be done. */
function isLate({ tick }: LedgerState, nowMs: number): boolean {
  return tick !== undefined && nowMs - tick.atMs > LATE_MS;
}

/** Workers may have renewed what they have, and nobody has read it yet. */
function catchUp({ resumeGraceMs }: LedgerHost, { ledger }: LedgerState, nowMs: number): void {
  ledger.excuse(nowMs, resumeGraceMs);
}

/** Nothing is done from now on, as it would not be stored: what is in memory is out of date. */
function fail(
  { log, failed }: LedgerHost,
  state: LedgerState,
  self: GenServerRef,
  error: Error,
): void {
  if (state.failure !== undefined || !GenServer.isRunning(self)) return;
  state.failure = error;
  log.error(`nothing can be stored, and no task goes on until it can: ${error.message}`);
  failed?.();
  GenServer.sendAfter(self, RECOVER, state.pauseMs);
}

async function recover(
  host: LedgerHost,
  state: LedgerState,
  context: Context,
): Promise<LedgerState> {
  state.pauseMs = Math.min(state.pauseMs * 2, PAUSE_MAX_MS);
  try {
    await host.store.recover();
  } catch (error) {
    state.failure = toError(error);
    context.sendAfter(RECOVER, state.pauseMs);
    return state;
  }
  disarm(state);
  state.writing = undefined;
  state.ledger = await readLedger(host, state.nowMs);
  state.failure = undefined;
  arm(state, context);
  host.log.warn('the store takes writes again: all goes on from what was stored');
  return state;
}

function obey(
  { store }: LedgerHost,
  ledger: Ledger,
  command: LedgerCommand,
  nowMs: number,
): unknown {
  switch (command.kind) {
    case 'add':
      checkStorable(store, command.task);
      return ledger.add(command.task, command.settings ?? {}, nowMs);
    case 'assign':
      return assign(ledger, command.asking, nowMs);
    case 'settle': {
      const verdict = end(store, ledger, command.end, nowMs);
      const next = assign(ledger, command.asking, nowMs);
      return { verdict, next } satisfies Settled;
    }
    case 'progress':
      return ledger.progress(command.claim, command.phase, nowMs);
    case 'complete':
    case 'fail':
      return end(store, ledger, command, nowMs);
    case 'renew':
      return command.claims.map((claim) => ledger.renew(claim, nowMs));
    case 'shorten': {
      ledger.shortenLeases(command.workerId, nowMs + command.forMs);
      return;
    }
    case 'release':
      return ledger.release(command.claim, command.reason, nowMs);
    case 'lost': {
      ledger.workerLost(command.workerId, command.reason, nowMs);
      return;
    }
    case 'cancel':
      return ledger.cancel(command.taskId, nowMs);
    default:
      return unreachable(command);
  }
}

function checkStorable(store: TaskStore, task: NewTask): void {
  const misfit = store.misfit?.(task);
  if (misfit === undefined) return;
  throw new InvalidTaskError('a task', `data that can be stored (${misfit})`, task);
}

// A result that cannot be stored would come back for ever, and take with it what is stored beside.
function end(store: TaskStore, ledger: Ledger, ended: TryEnd, nowMs: number): Verdict {
  if (ended.kind === 'fail') return ledger.fail(ended.claim, ended.error, nowMs);
  const misfit = store.misfit?.(ended.result);
  if (misfit === undefined) return ledger.complete(ended.claim, ended.result, nowMs);
  return ledger.fail(ended.claim, `its result cannot be stored: ${misfit}`, nowMs);
}

function assign(ledger: Ledger, asking: Asking, nowMs: number): AssignTask | undefined {
  const record = ledger.assign(asking, nowMs);
  if (record === undefined) return undefined;
  const { task, attempt, leaseMs = 0 } = record;
  return { task, attempt, leaseMs };
}

function answer(
  host: LedgerHost,
  state: LedgerState,
  reply: unknown,
  context: Context,
): CallResult<unknown, LedgerState> {
  publish(host, state, context);
  const { from } = context;
  // What changed nothing waits too: it may speak of a change that is not stored yet.
  if (state.writing === undefined || from === undefined) return [reply, state];
  state.writing.replies.push({ from, reply });
  return [GenServer.noReply, state];
}

/** Stores what changed, and tells it then. */
function publish(host: LedgerHost, state: LedgerState, { self }: Context): void {
  const { store, changed } = host;
  const changes = state.ledger.takeChanges();
  if (changes.length === 0) return;
  const written = store.write(changes);
  if (written === undefined) {
    changed?.(changes);
    return;
  }
  if (state.writing?.written === written) {
    state.writing.changes.push(...changes);
    return;
  }
  const writing: Writing = { written, changes: [...changes], replies: [] };
  state.writing = writing;
  written.then(
    () => {
      if (state.writing === writing) state.writing = undefined;
      state.pauseMs = PAUSE_MIN_MS;
      changed?.(writing.changes);
      for (const { from, reply } of writing.replies) GenServer.reply(from, reply);
    },
    (thrown: unknown) => {
      const error = toError(thrown);
      fail(host, state, self, error);
      // Nothing is acknowledged that is not stored.
      const refusal = GenServer.replyError(error);
      for (const { from } of writing.replies) GenServer.reply(from, refusal);
    },
  );
}

function arm(state: LedgerState, context: Context): void {
  const atMs = state.ledger.nextDueMs();
  if (atMs === undefined || (state.tick !== undefined && state.tick.atMs <= atMs)) return;
  disarm(state);
  const timer = context.sendAfter(TICK, Math.max(0, Math.ceil(atMs - state.nowMs())));
  state.tick = { timer, atMs };
}

function disarm(state: LedgerState): void {
  if (state.tick !== undefined) GenServer.cancelTimer(state.tick.timer);
  state.tick = undefined;
}

const TICK = 'tick';
const RECOVER = 'recover';
/** A timer that comes so late says that nothing was read for as long. */
const LATE_MS = 250;
const PAUSE_MIN_MS = 100;
const PAUSE_MAX_MS = 2000;
