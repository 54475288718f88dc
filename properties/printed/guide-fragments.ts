// What the fragments of the guide to distributed supervision leave out, in the order in which they
// are printed.
import { after, typeOfOurs, whole, type Wrapping } from './fragment.js';

const SUPERVISOR = `import { DistributedSupervisor } from 'faultline/distribution';`;
const STARTED = `${SUPERVISOR}
  declare const supRef: Awaited<ReturnType<typeof DistributedSupervisor.start>>;`;
const SPEC = `import type { DistributedChildSpec, NodeId } from 'faultline/distribution';`;

export const guideFragments: readonly Wrapping[] = [
  whole,
  after(`import { BehaviorRegistry } from 'faultline';`),
  after(`import type { GenServerBehavior } from 'faultline';
    declare const workerBehavior: GenServerBehavior;`),
  typeOfOurs('DistributedSupervisorOptions', {
    as: ['taken'],
    declared: `import type {
      DistributedChildSpec, DistributedChildTemplate, NodeSelector,
    } from 'faultline';`,
  }),
  typeOfOurs('DistributedChildSpec', {
    as: ['taken'],
    declared: `import type { NodeSelector, RestartType as ChildRestartStrategy } from 'faultline';`,
  }),
  after(SPEC),
  after(SUPERVISOR),
  (fragment) => `${SPEC}\nexport const spec: DistributedChildSpec = ${fragment}`,
  // Imports, a function, and an object that uses it.
  (fragment) =>
    `import type { DistributedChildSpec } from 'faultline/distribution';
    ${fragment.replace(/^\{$/m, 'export const spec: DistributedChildSpec = {')}`,
  after(SUPERVISOR),
  after(SUPERVISOR),
  after(SUPERVISOR),
  after(STARTED),
  after(STARTED),
  after(STARTED),
  after(STARTED),
  after(STARTED),
  after(SUPERVISOR),
  after(
    STARTED.replace(SUPERVISOR, `import type * as core from 'faultline';`).replace(
      'typeof DistributedSupervisor.start',
      'typeof core.DistributedSupervisor.start',
    ),
  ),
  whole,
  whole,
  whole,
];
