import { io, type Socket } from 'socket.io-client';
import { FaultlineError } from '../base/errors.js';
import type { Timer } from '../platform/platform.js';
import { here } from '../runtime/default-runtime.js';
import type { Runtime } from '../runtime/runtime.js';
import { drawnDigits } from './drawn-digits.js';
import { findCoordinator } from './discovery.js';
import { HeldTries } from './held-tries.js';
import { CorkedWebSocket } from './socket-cork.js';
import { ENHANCED_LINK, type LinkDialect } from './socket-link-dialect.js';
import type { AssignTask, Receipt, Renewal, Try } from './protocol.js';
import { ReportBox } from './report-box.js';
import type {
  WorkerLink,
  WorkerLinkEvents,
  WorkerLinkOptions,
  WorkerReport,
} from './worker-link.js';

/** The coordinator lets this worker not in. */
export class WorkerRefusedError extends FaultlineError {
  static readonly code = 'ERR_WORKER_REFUSED';
  override readonly name = 'WorkerRefusedError';
  readonly code = WorkerRefusedError.code;

  constructor(
    readonly url: string,
    reason: string,
  ) {
    super(`The coordinator at ${url} refused this worker: ${reason}`);
  }
}

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
  #taskTypes: readonly string[] = [];
  #wasConnected = false;
  #socket: Socket | undefined;
  #renewal: Timer | undefined;

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
    const { masterUrl, token, log } = this.#options;
    const url = masterUrl ?? (await this.#find());
    this.masterUrl = url;
    const auth = {
      workerId: this.workerId,
      renews: true,
      ...(token === undefined ? {} : { token }),
    };
    const socket = io(url, {
      auth,
      transports: [CorkedWebSocket],
      forceNew: true,
      reconnectionDelay: RECONNECT_MIN_MS,
      reconnectionDelayMax: RECONNECT_MAX_MS,
    });
    this.#socket = socket;
    this.#listen(socket);
    await new Promise<void>((resolve, reject) => {
      let isLogged = false;
      socket.once('connect', resolve);
      socket.on('connect_error', (error) => {
        // Refused by the coordinator itself, not by the network: it is not tried again.
        if (!socket.active) {
          const refused = new WorkerRefusedError(url, error.message);
          // Whoever opens it hears of it; later nobody else would.
          if (this.#wasConnected) log.error(refused.message);
          reject(refused);
        } else if (!isLogged) {
          isLogged = true;
          log.warn(`cannot reach the coordinator at ${url} and tries again: ${whyOf(error)}`);
        }
      });
      this.#closing.signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  register(taskTypes: readonly string[]): void {
    this.#taskTypes = [...taskTypes];
    if (this.#socket?.connected === true) this.#introduce(this.#socket);
  }

  request(): void {
    // Whoever is not connected is told to ask as soon as it is.
    if (this.#socket?.connected === true) this.#socket.emit(this.#dialect.request);
  }

  async report(report: WorkerReport): Promise<Receipt> {
    if (isFinal(report)) this.#tries.remove(report.message);
    const receipt = await this.#box.deliver(report);
    const { next } = receipt;
    if (next !== undefined) this.#take(next);
    else if (wantsNext(report) && !this.#closing.signal.aborted) this.#events.onNoTask('');
    return receipt;
  }

  release(attempt: Try): void {
    this.#tries.remove(attempt);
  }

  async close({ drainMs = DRAIN_MS }: { readonly drainMs?: number } = {}): Promise<void> {
    await this.#box.drained(drainMs);
    this.#closing.abort();
    this.#renewal?.cancel();
    this.#socket?.disconnect();
    this.#box.close();
  }

  #find(): Promise<string> {
    const { serviceType = 'eventbus', discoveryTimeoutMs = 10_000, bonjour } = this.#options;
    return findCoordinator({
      serviceType,
      timeoutMs: discoveryTimeoutMs,
      timers: this.#runtime.platform.timers,
      signal: this.#closing.signal,
      ...(bonjour === undefined ? {} : { place: bonjour }),
    });
  }

  #listen(socket: Socket): void {
    const { log } = this.#options;
    socket.on('connect', () => {
      log.info(`connected to the coordinator as ${this.workerId}`);
      this.#introduce(socket);
      // The coordinator learns first what this worker has; what it does not have is put back.
      this.#renew();
      this.#box.flush();
      this.#events.onConnect?.();
      if (this.#wasConnected) this.#events.onTasksAvailable();
      this.#wasConnected = true;
    });
    socket.on('disconnect', (reason) => {
      log.info(`disconnected from the coordinator: ${reason}`);
      this.#events.onDisconnect?.(reason);
      // It closed on purpose; Socket.IO would not try again by itself.
      if (reason === 'io server disconnect' && !this.#closing.signal.aborted) socket.connect();
    });
    this.#dialect.listen(socket, {
      onTask: (assignment) => this.#take(assignment),
      onNoTask: (message) => this.#events.onNoTask(message),
      onTasksAvailable: () => this.#events.onTasksAvailable(),
      onLost: (attempt) => this.#lose(attempt),
    });
  }

  #introduce(socket: Socket): void {
    this.#dialect.introduce?.(socket, this.#taskTypes);
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
    this.#socket.emit('renewLeases', { tries }, (renewal: Partial<Renewal>) => {
      for (const attempt of renewal.lost ?? []) this.#lose(attempt);
    });
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
const RECONNECT_MIN_MS = 100;
const RECONNECT_MAX_MS = 2000;
const DRAIN_MS = 5000;
