import { deferred } from '../base/deferred.js';
import { shutDown } from '../otp/shutdown.js';
import type { Process } from '../runtime/process.js';
import type { Runtime } from '../runtime/runtime.js';
import { THREAD_HOST } from './thread-host.js';

/**
 * Ends a node in good order: its own processes, then its thread nodes and distributed supervisors,
 * then it leaves. Never rejects.
 *
 * Its own processes end with `shutdown`, the one that was started last first, each once it has
 * handled what is in its mailbox; a supervisor ends its children. Children of distributed
 * supervisors work until the node has left, which is what has them started elsewhere, and end
 * after it.
 *
 * The first half of `timeoutMs` is for its own processes, the rest for what follows. What has not
 * ended then is killed, and the log names it.
 */
export async function endInOrder(
  runtime: Runtime,
  { timeoutMs }: { readonly timeoutMs: number },
): Promise<void> {
  const { timers } = runtime.platform;
  const [own, all] = [new Drain(runtime, isOwn), new Drain(runtime, () => true)];
  const limits = [
    timers.after(timeoutMs / 2, () => own.killRest(), { keepAlive: true }),
    timers.after(timeoutMs, () => all.killRest(), { keepAlive: true }),
  ];
  await own.run();
  await runtime.use(THREAD_HOST).stopCluster({ threadTimeoutMs: timeoutMs / 2 });
  await all.run();
  for (const limit of limits) limit.cancel();
}

/** How long a node may take to end unless it is told. */
export const END_TIMEOUT_MS = 10_000;

/** The end of some of the processes of a node. */
class Drain {
  readonly #runtime: Runtime;
  readonly #which: (process: Process) => boolean;
  #isOver = false;

  constructor(runtime: Runtime, which: (process: Process) => boolean) {
    this.#runtime = runtime;
    this.#which = which;
  }

  async run(): Promise<void> {
    for (let roots = this.#roots(); roots.length > 0; roots = this.#roots()) {
      for (const { id } of roots.reverse()) await this.#end(id);
      // Who goes on starting processes while they end has had its time.
      if (this.#isOver) return;
    }
  }

  killRest(): void {
    this.#isOver = true;
    const late = this.#roots();
    if (late.length === 0) return;
    const processes = late.slice(0, NAMED_MAX).map(({ id, label }) => `${label} ${id}`);
    const count = late.length;
    this.#runtime.platform.log.warn('killed what did not end in time', { processes, count });
    for (const { id } of late) this.#runtime.router.send({ id }, { kind: 'kill' });
  }

  /** Those that no other process answers for, in the order of their start. */
  #roots(): Process[] {
    const { processes } = this.#runtime;
    return [...processes].filter((process) => {
      const { parent } = process;
      const isRoot = parent === undefined || processes.get(parent) === undefined;
      return isRoot && this.#which(process);
    });
  }

  async #end(id: string): Promise<void> {
    if (this.#runtime.processes.get(id) === undefined) return;
    const ended = deferred<void>();
    const unwatch = this.#runtime.watchLives({
      ended: (process) => {
        if (process.id === id) ended.resolve();
      },
    });
    shutDown(this.#runtime, { id }, this.#isOver ? 'brutal_kill' : 'infinity');
    await ended.promise;
    unwatch();
  }
}

function isOwn({ id, fence }: Process): boolean {
  return fence === undefined && !id.startsWith('dsup_');
}

const NAMED_MAX = 10;
