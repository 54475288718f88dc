import { describe, it } from 'vitest';
import type { ContractBench } from './contract/bench.js';
import { flowLaws } from './contract/flow-laws.js';
import { frameLaws } from './contract/frame-laws.js';
import { handlerLaws } from './contract/handler-laws.js';
import type { LinkLaw } from './contract/law.js';
import { lifeLaws } from './contract/life-laws.js';
import { walkLaws } from './contract/walk-law.js';

export type { ContractBench, LinkLaw };

/** Every sentence of the contract in `platform/transport.ts`. */
export const linkLaws: readonly LinkLaw[] = [
  ...lifeLaws,
  ...frameLaws,
  ...flowLaws,
  ...handlerLaws,
  ...walkLaws,
];

/**
 * The one suite that every transport passes: one test for each law, each on a bench of its own.
 */
export function describeLinkContract(name: string, makeBench: () => Promise<ContractBench>): void {
  describe(`${name} keeps the link contract`, () => {
    for (const { title, check } of linkLaws) {
      it(title, async () => {
        await check(await makeBench());
      });
    }
  });
}
