import { describe, expect, it } from 'vitest';
import { VirtualPlatform } from '../platform/virtual-platform.js';
import { brokenTransports } from './contract/broken-transports.js';
import { LawBroken } from './contract/law-broken.js';
import { tamper } from './contract/tampering.js';
import { linkLaws } from './link-contract.js';
import { memoryBench } from './memory-bench.js';

describe('the link contract', () => {
  for (const [index, { fault, breaks }] of brokenTransports().entries()) {
    for (const title of breaks) {
      it(`catches a transport that ${fault}: ${title}`, async () => {
        const law = linkLaws.find((known) => known.title === title);
        const platform = new VirtualPlatform();
        const broken = brokenTransports()[index]!;
        const bench = tamper(memoryBench(platform), platform.timers, broken);
        await expect(law?.check(bench)).rejects.toThrow(LawBroken);
      });
    }
  }

  it('passes transports that were not tampered with', async () => {
    for (const law of linkLaws) {
      const platform = new VirtualPlatform();
      await law.check(tamper(memoryBench(platform), platform.timers, {}));
    }
  });

  it('has no law that every transport keeps', () => {
    const broken = new Set(brokenTransports().flatMap(({ breaks }) => breaks));
    expect(linkLaws.filter(({ title }) => !broken.has(title))).toEqual([]);
  });
});
