import type { ChildPolicy } from '../../src/otp/supervision/child-policy.js';
import type { KernelEffect } from '../../src/otp/supervision/kernel-effect.js';
import type { KernelEvent } from '../../src/otp/supervision/kernel-event.js';
import { SupervisionKernel as Original } from '../../src/otp/supervision/kernel.js';

/** A supervisor that pays for the loss of a node once for each child that it took. */
export class SupervisionKernel<Spec extends ChildPolicy, Handle> extends Original<Spec, Handle> {
  override handle(event: KernelEvent<Spec, Handle>, nowMs: number): KernelEffect<Spec, Handle>[] {
    if (event.kind !== 'lost') return super.handle(event, nowMs);
    const { children, reason } = event;
    return children.flatMap((child) => super.handle({ kind: 'exited', ...child, reason }, nowMs));
  }
}
