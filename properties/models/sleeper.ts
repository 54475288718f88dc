import type { ChildPolicy } from '../../src/otp/supervision/child-policy.js';
import type { ChildView } from '../../src/otp/supervision/child.js';
import { rememberedState, type RememberedChild } from '../../src/otp/supervision/kernel-memory.js';
import type { KernelOptions } from '../../src/otp/supervision/kernel-options.js';
import { SupervisionKernel } from '../../src/otp/supervision/kernel.js';
import type { Effect, Event } from '../laws/kernel-factory.js';

/**
 * A kernel that is lost whenever it has come to rest. Another one, whose clock shows another time,
 * goes on with what has been written down of it, change by change.
 */
export class Sleeper extends SupervisionKernel<ChildPolicy, string> {
  readonly #options: KernelOptions;
  readonly #children = new Map<string, RememberedChild<ChildPolicy, string>>();
  #awake: SupervisionKernel<ChildPolicy, string>;
  #aheadMs = 0;

  constructor(options: KernelOptions) {
    super(options);
    this.#options = options;
    this.#awake = new SupervisionKernel(options);
    this.#awake.takeTouched();
  }

  override get phase() {
    return this.#awake.phase;
  }

  override get childCount(): number {
    return this.#awake.childCount;
  }

  override child(id: string): ChildView<ChildPolicy, string> | undefined {
    return this.#awake.child(id);
  }

  override children(): Iterable<ChildView<ChildPolicy, string>> {
    return this.#awake.children();
  }

  override handle(event: Event, nowMs: number): Effect[] {
    const effects = this.#awake.handle(event, nowMs + this.#aheadMs);
    this.#writeDown();
    if (this.#isAtRest) this.#sleep(nowMs);
    return effects;
  }

  #writeDown(): void {
    for (const [id, { wasRemoved }] of this.#awake.takeTouched()) {
      if (wasRemoved) this.#children.delete(id);
      const child = this.#awake.child(id);
      if (child !== undefined) this.#children.set(id, remembered(child));
    }
  }

  get #isAtRest(): boolean {
    const resting = ['running', 'stopped'];
    return (
      this.phase === 'running' && [...this.children()].every((c) => resting.includes(c.status))
    );
  }

  #sleep(nowMs: number): void {
    const { attempts } = this.#awake;
    const restartAgesMs = this.#awake.restartAges(nowMs + this.#aheadMs);
    this.#aheadMs += CLOCKS_APART_MS;
    this.#awake = new SupervisionKernel(this.#options);
    const children = [...this.#children.values()];
    this.#awake.resume({ children, attempts, restartAgesMs }, nowMs + this.#aheadMs);
    this.#awake.takeTouched();
  }
}

function remembered(child: ChildView<ChildPolicy, string>): RememberedChild<ChildPolicy, string> {
  const { spec, attempt, handle, restartCount } = child;
  return { spec, attempt, handle, restartCount, state: rememberedState(child) };
}

const CLOCKS_APART_MS = 1_000_000;
