import { invariant } from '../base/assert.js';
import { toError } from '../base/errors.js';
import type { GenServerRef } from '../otp/behavior.js';
import type { SupervisorRef } from '../otp/child-spec.js';
import { GenServer } from '../otp/facades.js';
import { Supervisor } from '../otp/supervisor/supervisor.js';
import type { Platform } from '../platform/platform.js';
import { here } from '../runtime/default-runtime.js';
import { ERROR_CLASSES } from '../runtime/error-classes.js';
import { findUncarried } from './carried.js';
import { drawnDigits } from './drawn-digits.js';
import type { LedgerOptions } from './ledger-options.js';
import { type LedgerCommand, type Settled, type TryEnd, ledgerServer } from './ledger-server.js';
import type { Asking, Claim, Ledger, Phase, Verdict } from './ledger.js';
import type { AssignTask } from './protocol.js';
import { checkedBy, type StandardSchema } from './standard-schema.js';
import type { TaskStore } from './store.js';
import type {
  CancelOutcome,
  TaskChange,
  TaskDesk,
  TaskDetail,
  TaskMetrics,
  TaskPage,
  TaskQuery,
  TaskStep,
  WorkerView,
} from './task-desk.js';
import { CoordinatorClosedError, InvalidTaskError, TASK_ERRORS } from './task-error.js';
import type { LedgerChange, TaskRecord } from './task-record.js';
import { checkQuery, detailOf, metricsOf, pageOf } from './task-view.js';
import { isLeased, type NewTask, TASK_STATES, type TaskSettings, type TaskState } from './task.js';
import { UNNAMED_PREFIX, WorkerRoster } from './worker-roster.js';

/** The desk of a coordinator: a supervised process with the ledger, and who works on it. */
export class LedgerDesk implements TaskDesk {
  readonly roster = new WorkerRoster();
  readonly #world: DeskWorld;
  readonly #options: LedgerOptions;
  readonly #listeners = new Set<(change: DeskChange) => void>();
  readonly #dueListeners = new Set<() => void>();
  #supervisor: SupervisorRef | undefined;
  #ref: GenServerRef<unknown, LedgerCommand, unknown, unknown> | undefined;
  #ledger: Ledger | undefined;
  #nowMs: () => number = () => 0;
  #startedMs = 0;
  #isOpen = false;
  #isStoring = false;

  constructor(world: DeskWorld, options: LedgerOptions) {
    this.#world = world;
    this.#options = options;
  }

  /** Reads the store. What was handed out when it was last written still is. */
  async open(): Promise<void> {
    const { clock, log, entropy } = this.#world.platform;
    // A process of a cluster may end with what the desk rejected, and others hear of it.
    here().use(ERROR_CLASSES).add(TASK_ERRORS);
    // Unlike those of any former life, whatever of it is still under way.
    const life = drawnDigits(entropy, 6);
    const server = ledgerServer({
      options: { ...this.#options, makeId: (seq) => `task-${life}-${seq}` },
      store: this.#world.store,
      clock,
      log: this.#world.log ?? log,
      resumeGraceMs: RESUME_GRACE_MS,
      opened: (ledger, nowMs) => {
        this.#ledger = ledger;
        this.#nowMs = nowMs;
        this.#isStoring = true;
        // What a former ledger refused may be asked again.
        this.#wake();
      },
      failed: () => (this.#isStoring = false),
      changed: (changes) => this.#tell(changes),
      due: () => this.#wake(),
    });
    const start = async () => (this.#ref = await GenServer.start(server));
    this.#supervisor = await Supervisor.start({
      children: [{ id: 'ledger', start }],
      // Tasks outlive whatever ends it: it is never given up.
      restartIntensity: { maxRestarts: Number.MAX_SAFE_INTEGER, withinMs: 60_000 },
      restartBackoff: { initialMs: 100, maxMs: 5000 },
    });
    this.#startedMs = this.nowMs();
    this.#isOpen = true;
    await this.#forgetUnnamed();
  }

  // A worker that was known by its connection alone cannot come back as itself.
  async #forgetUnnamed(): Promise<void> {
    const gone = new Set<string>();
    for (const { state, workerId } of this.#ledger?.records() ?? []) {
      if (isLeased(state) && workerId?.startsWith(UNNAMED_PREFIX) === true) gone.add(workerId);
    }
    for (const workerId of gone) await this.workerLost(workerId, 'the coordinator began anew');
  }

  /** Takes no more commands; what was acknowledged is stored. */
  async close(): Promise<void> {
    this.#isOpen = false;
    const supervisor = this.#supervisor;
    this.#supervisor = undefined;
    if (supervisor !== undefined) await Supervisor.stop(supervisor);
    await this.#world.store.close();
  }

  /** Milliseconds since 1970, without the jumps of the clock on the wall. */
  nowMs(): number {
    return this.#nowMs();
  }

  async add(task: NewTask, settings: TaskSettings = {}): Promise<{ readonly taskId: string }> {
    const uncarried = findUncarried(task);
    if (uncarried !== undefined) {
      const { path, expected, got } = uncarried;
      throw new InvalidTaskError(path === '' ? 'a task' : shortened(path), expected, got);
    }
    const schema = this.#world.schemas?.task;
    const checked = schema === undefined ? task : await checkedBy(schema, 'the task', task);
    const added = this.#command({ kind: 'add', task: checked as NewTask, settings });
    return { taskId: (await added) as string };
  }

  cancel(taskId: string): Promise<CancelOutcome> {
    return this.#command({ kind: 'cancel', taskId }) as Promise<CancelOutcome>;
  }

  assign(asking: Asking): Promise<AssignTask | undefined> {
    return this.#command({ kind: 'assign', asking }) as Promise<AssignTask | undefined>;
  }

  progress(claim: Claim, phase: Phase): Promise<Verdict> {
    return this.#command({ kind: 'progress', claim, phase }) as Promise<Verdict>;
  }

  /** The end of a try, and the next task for its worker if that still asks for one by then. */
  async settle(given: TryEnd, ask: () => Asking | undefined = () => undefined): Promise<Settled> {
    const schema = this.#world.schemas?.result;
    const end = schema === undefined ? given : await checkedEnd(schema, given);
    const asking = ask();
    if (asking !== undefined) {
      return this.#command({ kind: 'settle', end, asking }) as Promise<Settled>;
    }
    return { verdict: (await this.#command(end)) as Verdict, next: undefined };
  }

  /** Whether each of them runs on. */
  renew(claims: readonly Claim[]): Promise<readonly boolean[]> {
    return this.#command({ kind: 'renew', claims }) as Promise<readonly boolean[]>;
  }

  release(claim: Claim, reason: string): Promise<unknown> {
    return this.#command({ kind: 'release', claim, reason });
  }

  /** The worker may come back within `forMs`; all it has is put back then. */
  workerAway(workerId: string, forMs: number): Promise<unknown> {
    return this.#command({ kind: 'shorten', workerId, forMs });
  }

  /** All that the worker has is put back now. */
  workerLost(workerId: string, reason: string): Promise<unknown> {
    return this.#command({ kind: 'lost', workerId, reason });
  }

  /** The worker is not connected any more. */
  left(workerId: string): void {
    this.roster.leave(workerId);
    this.roster.prune((each) => this.heldBy(each).length > 0);
  }

  heldBy(workerId: string): readonly Readonly<TaskRecord>[] {
    return this.#ledger?.heldBy(workerId) ?? [];
  }

  /** The last try of a task that was lost with its worker and that nobody has got since. */
  lostTryOf(taskId: string): Claim | undefined {
    const { state, attempt = 0, workerId } = this.#ledger?.get(taskId) ?? {};
    if (state !== 'pending' || workerId === undefined) return undefined;
    return { taskId, attempt, workerId };
  }

  /** Completed tasks of former lives whose results were not taken then. */
  untold(): readonly Readonly<TaskRecord>[] {
    const seqs = new Set(this.#world.store.untold?.list());
    if (seqs.size === 0) return [];
    return [...(this.#ledger?.records() ?? [])].filter(({ seq }) => seqs.has(seq));
  }

  /** The result was taken: no later life tells it again. */
  told({ seq }: Readonly<TaskRecord>): void {
    this.#world.store.untold?.told(seq);
  }

  get(taskId: string): TaskDetail | undefined {
    const record = this.#ledger?.get(taskId);
    return record === undefined ? undefined : detailOf(record);
  }

  list(query: TaskQuery = {}): TaskPage {
    return pageOf(this.#ledger?.records() ?? [], checkQuery(query));
  }

  workers(): readonly WorkerView[] {
    return this.roster.views((workerId) => this.heldBy(workerId).map(({ task }) => task.taskId));
  }

  history(taskId: string): readonly TaskStep[] | undefined {
    const steps = this.#ledger?.get(taskId)?.steps;
    return steps === undefined ? undefined : [...steps];
  }

  counts(): Readonly<Record<TaskState, number>> {
    const entries = TASK_STATES.map((state) => [state, this.#ledger?.count(state) ?? 0] as const);
    return Object.fromEntries(entries) as Record<TaskState, number>;
  }

  subscribe(listener: (change: TaskChange) => void): () => void {
    return this.onChange(({ record: { task }, step }) => {
      listener({ ...step, taskId: task.taskId, taskType: task.taskType });
    });
  }

  /** As `subscribe`, with the record behind the change. */
  onChange(listener: (change: DeskChange) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Tells when a delay is over. */
  onDue(listener: () => void): () => void {
    this.#dueListeners.add(listener);
    return () => void this.#dueListeners.delete(listener);
  }

  metrics(): TaskMetrics {
    const uptimeMs = this.#isOpen ? this.nowMs() - this.#startedMs : 0;
    return metricsOf(this.#ledger?.tallies, {
      counts: this.counts(),
      workersConnected: this.roster.connectedCount(),
      uptimeMs,
    });
  }

  isReady(): boolean {
    const isOpen = this.#isOpen && this.#isStoring;
    return isOpen && this.#ref !== undefined && GenServer.isRunning(this.#ref);
  }

  #command(command: LedgerCommand): Promise<unknown> {
    if (!this.#isOpen || this.#ref === undefined) {
      return Promise.reject(new CoordinatorClosedError());
    }
    return GenServer.call(this.#ref, command, { timeout: COMMAND_TIMEOUT_MS });
  }

  #tell(changes: readonly LedgerChange[]): void {
    for (const change of changes) {
      if (change.kind === 'forget') continue;
      this.#countFor(change.step);
      for (const listener of this.#listeners) this.#safely(listener, change);
    }
  }

  #wake(): void {
    for (const listener of this.#dueListeners) this.#safely(listener, undefined);
  }

  #countFor({ state, workerId }: TaskStep): void {
    const entry = workerId === undefined ? undefined : this.roster.get(workerId);
    if (entry === undefined) return;
    if (state === 'completed') entry.completed += 1;
    if (state === 'failed') entry.failed += 1;
  }

  // A listener's mistake is not the ledger's.
  #safely<Told>(listener: (told: Told) => void, told: Told): void {
    try {
      listener(told);
    } catch (error) {
      (this.#world.log ?? this.#world.platform.log).error('a listener to tasks threw', { error });
    }
  }
}

export interface DeskWorld {
  readonly platform: Pick<Platform, 'clock' | 'log' | 'entropy'>;
  readonly store: TaskStore;
  readonly log?: Platform['log'];
  /** What tasks and results have to be, beyond what every task is. */
  readonly schemas?: {
    readonly task: StandardSchema | undefined;
    readonly result: StandardSchema | undefined;
  };
}

/** A change of state, and what is known of the task. */
export interface DeskChange {
  readonly step: TaskStep;
  /** As it is now: later changes may be in it. */
  readonly record: Readonly<TaskRecord>;
  /** Missing for a task that is new. */
  readonly from?: TaskState;
}

/** A result that is not what results have to be is the failure of its try. */
async function checkedEnd(schema: StandardSchema, end: TryEnd): Promise<TryEnd> {
  if (end.kind === 'fail') return end;
  try {
    return { ...end, result: await checkedBy(schema, 'the result', end.result) };
  } catch (error) {
    return { kind: 'fail', claim: end.claim, error: toError(error).message };
  }
}

function shortened(path: string): string {
  return path.length <= PATH_LENGTH_MAX ? path : `${path.slice(0, PATH_LENGTH_MAX)}...`;
}

/** Whether a worker lost the task against its will, and whom to tell. */
export function loserOf({ step, record, from }: DeskChange): Claim | undefined {
  const { state, workerId, attempt, reason } = step;
  if (from === undefined || !isLeased(from) || workerId === undefined) return undefined;
  if (state !== 'pending' && !(state === 'deadLetter' && reason !== undefined)) return undefined;
  invariant(attempt > 0, 'a task that a worker has is at its first try or later');
  return { taskId: record.task.taskId, attempt, workerId };
}

// Whoever lives reconnects within a few seconds, and renews what it has at once.
const RESUME_GRACE_MS = 5000;
const PATH_LENGTH_MAX = 100;
// A burst of ten thousand tasks may wait for the store that long on a slow disk.
const COMMAND_TIMEOUT_MS = 60_000;
