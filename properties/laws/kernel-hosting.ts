import fc from 'fast-check';
import type { ChildPolicy, RestartType } from '../../src/otp/supervision/child-policy.js';
import type { SupervisionKernel } from '../../src/otp/supervision/kernel.js';
import type { Hosting, KernelOptions } from '../../src/otp/supervision/kernel-options.js';
import type { Strategy } from '../../src/otp/supervision/strategy.js';
import { hostingMoves } from '../arbitraries/hosting-move.js';
import { StrictHost } from '../models/strict-host.js';

/**
 * Whatever becomes of its children, and whoever asks for what meanwhile, a kernel never asks its
 * host for nonsense, answers every request once, and leaves nothing behind.
 */
export function kernelHostingLaw(
  make: (options: KernelOptions) => SupervisionKernel<ChildPolicy, string>,
): void {
  const property = fc.property(options, families, hostingMoves(), (chosen, children, moves) => {
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

const options: fc.Arbitrary<KernelOptions> = fc.record({
  strategy: fc.constantFrom<Strategy>(
    'one_for_one',
    'one_for_all',
    'rest_for_one',
    'simple_one_for_one',
  ),
  hosting: fc.constantFrom<Hosting>('serial', 'concurrent'),
  intensity: fc.record({
    maxRestarts: fc.constantFrom(0, 1, 3, 100, 100),
    withinMs: fc.constant(5000),
  }),
  autoShutdown: fc.constantFrom('never', 'any_significant', 'all_significant'),
  strict: fc.boolean(),
});

const families: fc.Arbitrary<ChildPolicy[]> = fc
  .array(
    fc.record({
      restart: fc.constantFrom<RestartType>('permanent', 'permanent', 'transient', 'temporary'),
      significant: fc.boolean(),
    }),
    { minLength: 1, maxLength: 4 },
  )
  .map((children) =>
    children.map((child, at) => ({ ...child, id: 'abcd'.charAt(at), shutdown: 5000 })),
  );

const RUNS = 3000;
