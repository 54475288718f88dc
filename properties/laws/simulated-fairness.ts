import { factOf, type SupervisionFact } from '../../sim/checkers/fact.js';
import type { Stage } from '../../sim/planted/stage.js';
import type { SimReport } from '../../sim/simulate.js';

/**
 * What checker S5 cannot know: which node a selector function wants. That of the workload takes the
 * last of the nodes that it is shown.
 */
export function unfairFunction({ observed }: SimReport, { selector }: Stage): string | undefined {
  if (selector !== 'last') return undefined;
  for (const one of observed) {
    const fact = factOf(one) as SupervisionFact;
    if (fact.kind !== 'child_start') continue;
    const last = fact.nodes?.at(-1)?.[0];
    if (last === fact.nodeId) continue;
    return `${fact.nodeId} was chosen over ${last}, the last one, at ${one.atUs / 1000} ms`;
  }
  return undefined;
}
