import { invariant } from '../../../base/assert.js';
import type { ExitReason } from '../../../runtime/exit-reason.js';
import type { ChildPolicy, RestartType } from '../child-policy.js';
import type { KernelEffect } from '../kernel-effect.js';
import type { KernelEvent } from '../kernel-event.js';
import { rememberedState, type KernelMemory } from '../kernel-memory.js';
import { SupervisionKernel } from '../kernel.js';
import type { KernelOptions } from '../kernel-options.js';

type Effect = KernelEffect<ChildPolicy, string>;
export const boom: ExitReason = { error: new Error('boom') };

/** A child that stops within five seconds. */
export function spec(
  id: string,
  restart: RestartType = 'permanent',
  significant = false,
): ChildPolicy {
  return { id, restart, significant, shutdown: 5000 };
}

/** A kernel whose effects read as short sentences, and whose events are just as short to write. */
export class Stage {
  readonly kernel: SupervisionKernel<ChildPolicy, string>;
  nowMs = 0;

  constructor(options: Partial<KernelOptions>) {
    this.kernel = new SupervisionKernel({
      strategy: 'one_for_one',
      intensity: { maxRestarts: 3, withinMs: 5000 },
      autoShutdown: 'never',
      strict: false,
      hosting: 'concurrent',
      ...options,
    });
  }

  /** A supervisor whose initial children are all up. */
  static up(options: Partial<KernelOptions>, ...children: (string | ChildPolicy)[]): Stage {
    const stage = new Stage(options);
    const specs = children.map((one) => (typeof one === 'string' ? spec(one) : one));
    stage.send({ kind: 'start', children: specs });
    for (const { id } of specs) stage.started(id);
    invariant(stage.kernel.phase === 'running', 'every child of the stage has started');
    return stage;
  }

  /** One that goes on where another was, at `nowMs`; it has taken nothing up yet. */
  static resumed(
    options: Partial<KernelOptions>,
    memory: KernelMemory<ChildPolicy, string>,
    nowMs = 0,
  ): Stage {
    const stage = new Stage(options);
    stage.nowMs = nowMs;
    stage.kernel.resume(memory, nowMs);
    return stage;
  }

  /** What another supervisor would have to know to go on. */
  memory(): KernelMemory<ChildPolicy, string> {
    const { attempts } = this.kernel;
    const children = Array.from(this.kernel.children(), (child) => {
      const { spec: policy, attempt, handle, restartCount } = child;
      return { spec: policy, state: rememberedState(child), attempt, handle, restartCount };
    });
    return { children, attempts, restartAgesMs: this.kernel.restartAges(this.nowMs) };
  }

  send(event: KernelEvent<ChildPolicy, string>): string[] {
    return this.effects(event).flatMap(sentence);
  }

  /** Word for word. */
  effects(event: KernelEvent<ChildPolicy, string>): Effect[] {
    return this.kernel.handle(event, this.nowMs);
  }

  started(id: string): string[] {
    const attempt = this.attempt(id);
    return this.send({ kind: 'started', id, attempt, handle: `${id}#${attempt}` });
  }

  failed(id: string): string[] {
    return this.send({ kind: 'failed', id, attempt: this.attempt(id), reason: boom });
  }

  held(id: string): string[] {
    return this.send({ kind: 'held', id, attempt: this.attempt(id) });
  }

  exited(id: string, reason: ExitReason = boom): string[] {
    return this.send({ kind: 'exited', id, attempt: this.attempt(id), reason });
  }

  stopped(id: string): string[] {
    return this.exited(id, 'shutdown');
  }

  lost(...ids: string[]): string[] {
    const children = ids.map((id) => ({ id, attempt: this.attempt(id) }));
    return this.send({ kind: 'lost', children, reason: 'noconnection' });
  }

  attempt(id: string): number {
    return this.kernel.child(id)?.attempt ?? 0;
  }

  statuses(): string {
    return Array.from(this.kernel.children(), ({ spec, status }) => `${spec.id} ${status}`).join();
  }
}

function sentence(effect: Effect): string[] {
  switch (effect.kind) {
    case 'start':
    case 'stop':
    case 'abandon':
    case 'retry':
      return [`${effect.kind} ${effect.id}`];
    case 'ready':
      return ['ready'];
    case 'reply':
      return [`reply ${effect.token} ${effect.result.ok ? 'ok' : effect.result.error.kind}`];
    case 'exit':
      return [`exit ${effect.cause}`];
    default:
      return [];
  }
}
