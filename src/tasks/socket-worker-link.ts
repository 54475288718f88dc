import { io, type Socket } from 'socket.io-client';
import { deferred, type Deferred } from '../base/deferred.js';
import { toError } from '../base/errors.js';
import type { Timer } from '../platform/platform.js';
import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { assignmentOf } from './assignment.js';
import { drawnDigits } from './drawn-digits.js';
import { findCoordinator } from './discovery.js';
import { HeldTries } from './held-tries.js';
import type { AssignTask, Renewal, Try } from './protocol.js';
import { ReconnectPause } from './reconnect-pause.js';
import { ReportBox } from './report-box.js';
import { CorkedWebSocket } from './socket-cork.js';
import { limitFrames } from './socket-frame-limit.js';
import { ENHANCED_LINK, type HearEvent, type LinkDialect } from './socket-link-dialect.js';
import { fieldsOf, tryOf, UnreadableMessageError } from './socket-message.js';
import { WorkerRefusedError, WorkerReplacedError } from './worker-error.js';
import type {
  ReportReceipt,
  WorkerLink,
  WorkerLinkEvents,
  WorkerLinkOptions,
  WorkerReport,
} from './worker-link.js';

/** A {@link WorkerLink} over Socket.IO. */
export class SocketWorkerLink implements WorkerLink {
  readonly workerId: string;
  readonly #runtime: Runtime;
  readonly #options: WorkerLinkOptions;
  readonly #events: WorkerLinkEvents;
  readonly #dialect: LinkDialect;
  readonly #tries = new HeldTries();
  readonly #box: ReportBox;
  readonly #closing = new AbortController();
  masterUrl: string | undefined;
  /** Unknown until they are registered: a bare coordinator would take a first word for the last. */
  #taskTypes: readonly string[] | undefined;
  readonly #opened: Deferred<void> = deferred();
  readonly #pause = new ReconnectPause(RECONNECT_PAUSE);
  #connectedAtMs: number | undefined;
  #socket: Socket | undefined;
  #renewal: Timer | undefined;
  #reconnection: Timer | undefined;

  constructor(
    options: WorkerLinkOptions,
    events: WorkerLinkEvents,
    dialect: LinkDialect = ENHANCED_LINK,
    runtime = here(),
  ) {
    this.#dialect = dialect;
    this.#runtime = runtime;
    this.#options = options;
    this.#events = events;
    this.workerId = options.workerId ?? drawnId(runtime);
    this.masterUrl = options.masterUrl;
    this.#box = new ReportBox(runtime.platform.timers, (report, acknowledge) => {
      if (this.#socket?.connected !== true) return false;
      this.#socket.emit(...this.#dialect.said(report), acknowledge);
      return true;
    });
  }

  async open(): Promise<void> {
    const url = this.#options.masterUrl ?? (await this.#find());
    // Closed before, or while it was looking.
    if (url === undefined || this.#closing.signal.aborted) return;
    this.masterUrl = url;
    const socket = this.#dial(url);
    this.#socket = socket;
    limitFrames(socket.io);
    this.#listen(socket);
    this.#hearRefusals(socket, url);
    this.#closing.signal.addEventListener('abort', () => this.#opened.resolve(), { once: true });
    await this.#opened.promise;
  }

  register(taskTypes: readonly string[]): void {
    this.#taskTypes = [...taskTypes];
    if (this.#socket?.connected === true) this.#introduce(this.#socket);
  }

  request(): void {
    // Whoever is not connected is told to ask as soon as it is.
    if (this.#socket?.connected === true) this.#socket.emit(this.#dialect.request);
  }

  async report(report: WorkerReport): Promise<ReportReceipt> {
    if (isFinal(report)) this.#tries.remove(report.message);
    const { receipt, report: sent, unsent } = await this.#box.deliver(report);
    if (receipt.next !== undefined) this.#takeNext(receipt.next);
    else if (wantsNext(sent)) this.#heardOfNone();
    return unsent === undefined ? receipt : { ...receipt, unsent };
  }

  release(attempt: Try): void {
    this.#tries.remove(attempt);
  }

  async close({ drainMs = DRAIN_MS }: { readonly drainMs?: number } = {}): Promise<void> {
    await this.#box.drained(drainMs);
    this.#leave();
  }

  async #find(): Promise<string | undefined> {
    const { serviceType = 'eventbus', discoveryTimeoutMs = 10_000, bonjour } = this.#options;
    const { signal } = this.#closing;
    try {
      return await findCoordinator({
        serviceType,
        timeoutMs: discoveryTimeoutMs,
        timers: this.#runtime.platform.timers,
        signal,
        ...(bonjour === undefined ? {} : { place: bonjour }),
      });
    } catch (error) {
      // Nobody looks any more.
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  #dial(url: string): Socket {
    const { token } = this.#options;
    const auth = {
      workerId: this.workerId,
      renews: true,
      ...(token === undefined ? {} : { token }),
    };
    return io(url, {
      auth,
      transports: [CorkedWebSocket],
      forceNew: true,
      reconnectionDelay: RECONNECT_PAUSE.minMs,
      reconnectionDelayMax: RECONNECT_PAUSE.maxMs,
    });
  }

  #listen(socket: Socket): void {
    const { log } = this.#options;
    socket.on('connect', () => {
      log.info(`connected to the coordinator as ${this.workerId}`);
      const isFirst = this.#connectedAtMs === undefined;
      this.#connectedAtMs = this.#nowMs();
      this.#introduce(socket);
      // The coordinator learns first what this worker has; what it does not have is put back.
      this.#renew();
      this.#box.flush();
      this.#events.onConnect?.();
      if (!isFirst) this.#events.onTasksAvailable();
      this.#opened.resolve();
    });
    socket.on('disconnect', (reason) => {
      log.info(`disconnected from the coordinator: ${reason}`);
      // All that counts is said anew over the next connection.
      socket.sendBuffer.length = 0;
      this.#events.onDisconnect?.(reason);
      // It closed on purpose; Socket.IO would not try again by itself.
      if (reason === 'io server disconnect') this.#reconnect(socket);
    });
    socket.on('replaced', () => this.#end(new WorkerReplacedError(this.workerId)));
    this.#dialect.listen(this.#hearing(socket), {
      onTask: (assignment) => this.#take(assignment),
      onNoTask: (message) => this.#events.onNoTask(message),
      onTasksAvailable: () => this.#events.onTasksAvailable(),
      onLost: (attempt) => this.#lose(attempt),
    });
  }

  #hearing(socket: Socket): HearEvent {
    return (event, handle, ignored) => {
      socket.on(event, (message: unknown) => this.#read(event, () => handle(message), ignored));
    };
  }

  // What a coordinator says wrongly must not end its workers.
  #read(event: string, handle: () => void, ignored?: () => void): void {
    try {
      handle();
    } catch (error) {
      if (!(error instanceof UnreadableMessageError)) throw error;
      this.#options.log.warn(`${event} of the coordinator was ignored: ${error.message}`);
      ignored?.();
    }
  }

  #hearRefusals(socket: Socket, url: string): void {
    let isLogged = false;
    socket.on('connect_error', (error) => {
      // Refused by the coordinator itself, not by the network: it is not tried again.
      if (!socket.active) {
        this.#end(new WorkerRefusedError(url, error.message));
      } else if (!isLogged) {
        isLogged = true;
        const { log } = this.#options;
        log.warn(`cannot reach the coordinator at ${url} and tries again: ${whyOf(error)}`);
      }
    });
  }

  #reconnect(socket: Socket): void {
    if (this.#closing.signal.aborted) return;
    const { timers } = this.#runtime.platform;
    const lastedMs = this.#nowMs() - (this.#connectedAtMs ?? this.#nowMs());
    const pauseMs = this.#pause.afterMs(lastedMs);
    this.#reconnection = timers.after(pauseMs, () => socket.connect(), { keepAlive: true });
  }

  /** Whoever opens it hears of it; later the worker does. */
  #end(error: Error): void {
    if (this.#closing.signal.aborted) return;
    if (this.#connectedAtMs === undefined) this.#opened.reject(error);
    this.#leave();
    if (this.#connectedAtMs !== undefined) this.#events.onEnd?.(error);
  }

  #leave(): void {
    this.#closing.abort();
    this.#renewal?.cancel();
    this.#reconnection?.cancel();
    this.#socket?.disconnect();
    this.#box.close();
  }

  #nowMs(): number {
    return this.#runtime.platform.clock.nowMs();
  }

  #introduce(socket: Socket): void {
    if (this.#taskTypes !== undefined) this.#dialect.introduce?.(socket, this.#taskTypes);
  }

  #takeNext(next: AssignTask): void {
    this.#read(
      'a receipt',
      () => this.#take(assignmentOf(next)),
      () => this.#heardOfNone(),
    );
  }

  #heardOfNone(): void {
    if (!this.#closing.signal.aborted) this.#events.onNoTask('');
  }

  #take(assignment: AssignTask): void {
    // A coordinator of the bare contract knows no tries and grants no leases.
    if (assignment.attempt === undefined) this.#box.expectsNoReceipts = true;
    else this.#tries.add(assignment);
    this.#armRenewal();
    this.#events.onTask(assignment);
  }

  #lose(attempt: Try): void {
    if (this.#tries.remove(attempt)) this.#events.onLost(attempt);
  }

  #armRenewal(): void {
    if (this.#renewal !== undefined) return;
    const everyMs = this.#tries.shortestLeaseMs() / RENEWALS_PER_LEASE;
    if (!Number.isFinite(everyMs)) return;
    this.#renewal = this.#runtime.platform.timers.after(everyMs, () => {
      this.#renewal = undefined;
      if (this.#tries.size > 0) this.#renew();
      this.#armRenewal();
    });
  }

  #renew(): void {
    if (this.#socket?.connected !== true) return;
    // Reports that wait are about tries that are still this worker's.
    const tries = [...this.#tries, ...this.#box.tries()].map(({ taskId, attempt }) => ({
      taskId,
      attempt,
    }));
    try {
      this.#socket.emit('renewLeases', { tries }, (renewal: unknown) => this.#renewed(renewal));
    } catch (error) {
      this.#options.log.error(`leases cannot be renewed: ${toError(error).message}`);
    }
  }

  #renewed(renewal: unknown): void {
    const lost: unknown = (renewal as Partial<Renewal> | null | undefined)?.lost;
    if (!Array.isArray(lost)) return;
    const lose = (attempt: unknown): void => this.#lose(tryOf(fieldsOf('renewLeases', attempt)));
    for (const attempt of lost) this.#read('an answer to renewLeases', () => lose(attempt));
  }
}

// Socket.IO wraps what the network said, such as ECONNREFUSED.
function whyOf(error: Error): string {
  const { description } = error as { readonly description?: { readonly message?: unknown } };
  const said = description?.message;
  return typeof said === 'string' && said !== '' ? said : error.message;
}

function isFinal({ event, message }: WorkerReport): boolean {
  if (event === 'installationStatus') return message.status === 'failure';
  return event !== 'taskStatus';
}

function wantsNext({ event, message }: WorkerReport): boolean {
  if (event === 'taskCompleted' || event === 'taskFailed') return message.wantsNext === true;
  return false;
}

function drawnId({ platform }: Runtime): string {
  return `worker-${drawnDigits(platform.entropy, 8)}`;
}

const RENEWALS_PER_LEASE = 3;
const RECONNECT_PAUSE = { minMs: 100, maxMs: 2000, steadyMs: 5000 };
const DRAIN_MS = 5000;
