import fc from 'fast-check';
import type { ChildPolicy } from '../../src/otp/supervision/child-policy.js';
import type { SupervisionKernel } from '../../src/otp/supervision/kernel.js';
import type { KernelOptions } from '../../src/otp/supervision/kernel-options.js';
import { hostingMoves } from '../arbitraries/hosting-move.js';
import { hostedFamilies, hostingOptions } from '../arbitraries/hosting-options.js';
import { StrictHost } from '../models/strict-host.js';

/**
 * Whatever becomes of its children, and whoever asks for what meanwhile, a kernel never asks its
 * host for nonsense, answers every request once, and leaves nothing behind.
 */
export function kernelHostingLaw(
  make: (options: KernelOptions) => SupervisionKernel<ChildPolicy, string>,
): void {
  const all = [hostingOptions, hostedFamilies, hostingMoves()] as const;
  const property = fc.property(...all, (chosen, children, moves) => {
    const isSimple = chosen.strategy === 'simple_one_for_one';
    const host = new StrictHost(make(chosen), chosen, isSimple ? [] : children);
    for (const move of moves) host.make(move);
    host.settle();
    host.close();
    const [objection] = host.objections;
    if (objection !== undefined) throw new Error(objection);
  });
  fc.assert(property, { numRuns: fc.readConfigureGlobal().numRuns ?? RUNS });
}

const RUNS = 3000;
