import { unreachable } from '../base/assert.js';
import { toError } from '../base/errors.js';
import type { Clock, Log } from '../platform/platform.js';
import type { CallResult, GenServerBehavior } from '../otp/behavior.js';
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
  /** The ledger of the process that just began: for questions, which need no message. */
  opened?(ledger: Ledger, nowMs: () => number): void;
  /** What is stored now, in order. */
  changed?(changes: readonly LedgerChange[]): void;
  /** There may be something to hand out now that waited for its time. */
  due?(): void;
}

/**
 * The process that has a ledger. It answers when what it did is stored, and takes further commands
 * meanwhile: the store writes many changes at once. A store that fails ends it, and a fresh one
 * goes on with what was stored.
 */
export function ledgerServer(
  host: LedgerHost,
): GenServerBehavior<LedgerState, LedgerCommand, StoreFailed, unknown> {
  return {
    init: () => openLedger(host),
    handleCall: (command, state, context) => {
      const { ledger, nowMs } = state;
      let reply: unknown;
      try {
        reply = obey(ledger, command, nowMs());
      } catch (error) {
        // A refusal is the caller's business.
        reply = GenServer.replyError(error);
      }
      arm(state, context);
      return answer(host, state, reply, context);
    },
    handleCast: ({ error }) => {
      throw error;
    },
    handleInfo: (info: unknown, state, context) => {
      if (info !== TICK) return state;
      const { ledger, nowMs } = state;
      disarm(state);
      ledger.advance(nowMs());
      publish(host, state, context);
      arm(state, context);
      host.due?.();
      return state;
    },
  };
}

export interface LedgerState {
  readonly ledger: Ledger;
  readonly nowMs: () => number;
  /** The next tick, and when it comes. */
  tick: { readonly timer: TimerRef; readonly atMs: number } | undefined;
  /** What is on its way to the store; undefined when all is there. */
  writing: Writing | undefined;
}

/** Changes that the store writes together, and who is told of them then. */
interface Writing {
  readonly written: Promise<void>;
  readonly changes: LedgerChange[];
  readonly replies: { readonly from: From; readonly reply: unknown }[];
}

interface StoreFailed {
  readonly error: Error;
}

function openLedger({
  options,
  store,
  clock,
  log,
  opened,
  resumeGraceMs,
}: LedgerHost): LedgerState {
  // Comparable between lives of the coordinator, and within one life it never jumps.
  const originMs = clock.wallMs() - clock.nowMs();
  const nowMs = (): number => originMs + clock.nowMs();
  const ledger = new Ledger(options, store.load());
  ledger.resume(nowMs(), resumeGraceMs);
  const waiting = ledger.waiting();
  if (waiting > 0) log.info(`the store holds ${waiting} tasks that wait`);
  opened?.(ledger, nowMs);
  return { ledger, nowMs, tick: undefined, writing: undefined };
}

function obey(ledger: Ledger, command: LedgerCommand, nowMs: number): unknown {
  switch (command.kind) {
    case 'add':
      return ledger.add(command.task, command.settings ?? {}, nowMs);
    case 'assign':
      return assign(ledger, command.asking, nowMs);
    case 'settle': {
      const verdict = end(ledger, command.end, nowMs);
      const next = assign(ledger, command.asking, nowMs);
      return { verdict, next } satisfies Settled;
    }
    case 'progress':
      return ledger.progress(command.claim, command.phase, nowMs);
    case 'complete':
    case 'fail':
      return end(ledger, command, nowMs);
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

function end(ledger: Ledger, ended: TryEnd, nowMs: number): Verdict {
  return ended.kind === 'complete'
    ? ledger.complete(ended.claim, ended.result, nowMs)
    : ledger.fail(ended.claim, ended.error, nowMs);
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
function publish({ store, changed }: LedgerHost, state: LedgerState, { self }: Context): void {
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
      changed?.(writing.changes);
      for (const { from, reply } of writing.replies) GenServer.reply(from, reply);
    },
    // Nothing is acknowledged any more that may not be stored.
    (error: unknown) => GenServer.cast(self, { error: toError(error) }),
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
