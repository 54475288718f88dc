import fc from 'fast-check';
import type { ChildPolicy } from '../../src/otp/supervision/child-policy.js';
import type { KernelOptions } from '../../src/otp/supervision/kernel-options.js';
import { SupervisionKernel } from '../../src/otp/supervision/kernel.js';
import { hostingMoves, type HostingMove } from '../arbitraries/hosting-move.js';
import { hostedFamilies, hostingOptions } from '../arbitraries/hosting-options.js';
import { Sleeper } from '../models/sleeper.js';
import { StrictHost } from '../models/strict-host.js';
import type { Effect, Event } from './kernel-factory.js';

/**
 * A kernel that goes on from another one's memory, as often as that one comes to rest, asks its
 * host for the very same as a kernel that never slept.
 */
export function kernelMemoryLaw(): void {
  const property = fc.property(hostingOptions, hostedFamilies, spells, (...given) => {
    const [options] = given;
    const expected = effectsOf(new SupervisionKernel(options), ...given);
    const effects = effectsOf(new Sleeper(options), ...given);
    for (const [at, effect] of expected.entries()) {
      if (effects[at] === effect) continue;
      throw new Error(`${effects[at]} from memory, not ${effect}`);
    }
    if (effects.length > expected.length) throw new Error('more from memory');
  });
  fc.assert(property, { numRuns: fc.readConfigureGlobal().numRuns ?? RUNS });
}

function effectsOf(
  kernel: SupervisionKernel<ChildPolicy, string>,
  options: KernelOptions,
  family: readonly ChildPolicy[],
  spells: readonly HostingMove[][],
): string[] {
  const effects: string[] = [];
  const handle = kernel.handle.bind(kernel);
  kernel.handle = (event: Event, nowMs: number): Effect[] => {
    const asked = handle(event, nowMs);
    effects.push(...asked.map((effect) => JSON.stringify(effect)));
    return asked;
  };
  const isSimple = options.strategy === 'simple_one_for_one';
  const host = new StrictHost(kernel, options, isSimple ? [] : family);
  for (const moves of spells) {
    for (const move of moves) host.make(move);
    host.settle();
  }
  host.close();
  return effects;
}

/** What happens until all has settled, several times over. */
const spells = fc.array(hostingMoves(), { minLength: 1, maxLength: 4 });

const RUNS = 1000;
