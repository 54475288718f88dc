// What the fragments of the reference of distributed supervisors leave out, in the order in which
// they are printed.
import { after, methodOf, typeOfOurs, whole, type Wrapping } from './fragment.js';

const SUPERVISOR = `import { DistributedSupervisor } from 'faultline/distribution';`;
const STARTED = `${SUPERVISOR}
  declare const supRef: Awaited<ReturnType<typeof DistributedSupervisor.start>>;`;
const NAMES = `import type {
    AutoShutdown as DistributedAutoShutdown, DistributedChildInfo, DistributedChildSpec,
    DistributedChildTemplate, DistributedSupervisorEventHandler, DistributedSupervisorOptions,
    DistributedSupervisorRef, DistributedSupervisorStats, GenServerRef, NodeId, NodeInfo,
    NodeSelector, RestartIntensity, RestartType as ChildRestartStrategy, SupervisorStrategy,
  } from 'faultline';`;

/** The names but this one, which the fragment declares itself. */
function namesBut(own: string): string {
  return NAMES.replace(new RegExp(`\\w+ as ${own}|\\b${own}\\b`), 'SupervisorRef');
}

function declared(name: string, ...as: readonly ('taken' | 'given')[]): Wrapping {
  return typeOfOurs(name, { as, declared: namesBut(name) });
}

function error(name: string): Wrapping {
  return typeOfOurs(name, { as: ['given'], declared: NAMES, kind: 'declare' });
}

const method = methodOf('DistributedSupervisor', NAMES);

export const referenceFragments: readonly Wrapping[] = [
  whole,
  declared('DistributedSupervisorRef', 'taken', 'given'),
  declared('DistributedSupervisorOptions', 'taken'),
  declared('DistributedChildSpec', 'taken'),
  declared('DistributedChildTemplate', 'taken'),
  declared('NodeSelector', 'taken'),
  (fragment) =>
    `import type { AutoShutdown } from 'faultline';\n${fragment}
    export const taken = (theirs: DistributedAutoShutdown): AutoShutdown => theirs;
    export const given = (own: AutoShutdown): DistributedAutoShutdown => own;`,
  declared('DistributedChildInfo', 'given'),
  declared('DistributedSupervisorStats', 'given'),
  // Ours has more kinds of events.
  (fragment) =>
    `${NAMES}\nimport type * as ours from 'faultline';\n${fragment}
    type Kind = { type: DistributedSupervisorEvent['type'] };
    type Known = Extract<ours.DistributedSupervisorEvent, Kind>;
    export const given = (own: Readonly<Known>): Unwritten<DistributedSupervisorEvent> => own;
    type Unwritten<Event> = { readonly [Field in keyof Event]: Event[Field] extends string[]
      ? readonly string[] : Event[Field] };`,
  method,
  after(SUPERVISOR),
  method,
  after(STARTED),
  method,
  method,
  after(STARTED),
  after(SUPERVISOR),
  method,
  after(STARTED),
  method,
  after(STARTED),
  method,
  after(STARTED),
  method,
  after(STARTED),
  method,
  method,
  method,
  after(STARTED),
  method,
  after(SUPERVISOR),
  error('DistributedDuplicateChildError'),
  error('DistributedChildNotFoundError'),
  error('DistributedMaxRestartsExceededError'),
  error('DistributedMissingChildTemplateError'),
  error('DistributedInvalidSimpleOneForOneError'),
  error('DistributedBehaviorNotFoundError'),
  error('NoAvailableNodeError'),
  // What was thrown, and is the cause of ours, need not be an error.
  (fragment) =>
    `import type * as ours from 'faultline';\ndeclare ${fragment}
    type Unknown = Omit<DistributedSupervisorError, 'cause'> & { readonly cause?: unknown };
    export const given = (own: ours.DistributedSupervisorError): Unknown => own;`,
  (fragment) =>
    `import * as ours from 'faultline';\n${fragment}
    type Names = keyof typeof DISTRIBUTED_SUPERVISOR_DEFAULTS;
    export const own: Readonly<Record<Names, unknown>> = ours.DISTRIBUTED_SUPERVISOR_DEFAULTS;`,
  whole,
  after(`import {
      BehaviorRegistry, Cluster, type ClusterOptions, DistributedSupervisor,
      type DistributedSupervisorOptions, type GenServerBehavior,
    } from 'faultline';
    declare const workerBehavior: GenServerBehavior;
    declare const cacheBehavior: GenServerBehavior;
    declare const aggregatorBehavior: GenServerBehavior;
    declare const config: ClusterOptions;
    declare const options: DistributedSupervisorOptions;`),
  after(`import { DistributedSupervisor, type NodeSelectorFn } from 'faultline';`),
  // As printed it writes a field twice, which the compiler refuses.
  (fragment) => `${SUPERVISOR}
    declare const metrics: { emit(name: string, fields: object): void };
    declare const alerting: { sendAlert(text: string): void };
    ${fragment.replace(/^ +type: /m, '// @ts-expect-error: overwritten by the spread\n$&')}`,
];
