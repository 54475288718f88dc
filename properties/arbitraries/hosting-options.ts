import fc from 'fast-check';
import type { ChildPolicy, RestartType } from '../../src/otp/supervision/child-policy.js';
import type { Hosting, KernelOptions } from '../../src/otp/supervision/kernel-options.js';
import type { Strategy } from '../../src/otp/supervision/strategy.js';

/** A supervisor of any kind; many have restarts to spare. */
export const hostingOptions: fc.Arbitrary<KernelOptions> = fc.record({
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

/** One to four children, named a, b, c and d. */
export const hostedFamilies: fc.Arbitrary<ChildPolicy[]> = fc
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
