import type { ChildPolicy } from '../../src/otp/supervision/child-policy.js';
import { SupervisionKernel } from '../../src/otp/supervision/kernel.js';
import type { KernelEffect } from '../../src/otp/supervision/kernel-effect.js';
import type { KernelEvent } from '../../src/otp/supervision/kernel-event.js';
import {
  kernelDecisions,
  type KernelDecisions,
  type KernelOptions,
} from '../../src/otp/supervision/kernel-options.js';

export type Event = KernelEvent<ChildPolicy, string>;
export type Effect = KernelEffect<ChildPolicy, string>;

/** What a law needs of a kernel. */
export interface Kernel {
  handle(event: Event, nowMs: number): Effect[];
}

/** A law holds for whatever kernel this makes, or names the case where it does not. */
export type MakeKernel = (options: KernelOptions) => Kernel;

export const makeKernel: MakeKernel = (options) => new SupervisionKernel(options);

/** The real kernel with some of its decisions replaced by wrong ones. */
export function withDecisions(wrong: Partial<KernelDecisions>): MakeKernel {
  return (options) => new SupervisionKernel(options, { ...kernelDecisions, ...wrong });
}

/** `size` permanent children, named a, b, c and so on. */
export function permanentFamily(size: number): ChildPolicy[] {
  return Array.from({ length: size }, (_, index) => ({
    id: String.fromCharCode(97 + index),
    restart: 'permanent',
    shutdown: 5000,
    significant: false,
  }));
}
