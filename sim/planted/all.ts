import { simModule } from '../bundle.js';
import { crashOf, idOf, operationAt, type Stage } from './stage.js';

/** A bug to be found: one decision of the product, replaced in the nodes' bundle alone. */
export interface PlantedBug {
  /** The module that is replaced, and by which; absolute paths, as `BundleSource` takes them. */
  readonly alias: Readonly<Record<string, string>>;
  /** The checker that has to find it; `undefined` when a law of `properties` does. */
  readonly catches: string | undefined;
  /** A run in which it shows. */
  readonly shows: Stage;
}

/** Every planted bug under the name of its file. */
export const plantedBugs = {
  'restarts-without-limit': bug('restarts-without-limit', 'otp/supervision/restart-window', 'S1', {
    maxRestarts: 2,
    operations: [crashOf(1, 1000), crashOf(2, 1500), crashOf(3, 2000)],
  }),
  'restarts-never-forgotten': bug(
    'restarts-never-forgotten',
    'otp/supervision/restart-window',
    'S1',
    {
      maxRestarts: 1,
      withinMs: 1000,
      operations: [crashOf(1, 1000), crashOf(2, 3000)],
      durationMs: 18_000,
    },
  ),
  'restarts-by-the-wall-clock': bug(
    'restarts-by-the-wall-clock',
    'otp/supervision/restart-window',
    'S1',
    {
      maxRestarts: 2,
      operations: [crashOf(1, 1000), crashOf(2, 1500), crashOf(3, 2000)],
      faults: [{ kind: 'clock', node: 0, atMs: 1700, jumpMs: 3_600_000 }],
    },
  ),
  'losses-charged-by-child': bug('losses-charged-by-child', 'otp/supervision/kernel', 'S1', {
    maxRestarts: 1,
    faults: [{ kind: 'crash', node: 2, atMs: 1000 }],
  }),
  'rest-reaches-one': bug('rest-reaches-one', 'otp/supervision/strategy', 'S2', {
    strategy: 'rest_for_one',
    operations: [crashOf(3, 1000)],
  }),
  'rest-reaches-all': bug('rest-reaches-all', 'otp/supervision/strategy', 'S2', {
    strategy: 'rest_for_one',
    operations: [crashOf(3, 1000)],
  }),
  'stops-in-start-order': bug('stops-in-start-order', 'otp/supervision/agenda', 'S2', {
    strategy: 'one_for_all',
    operations: [crashOf(3, 1000)],
  }),
  // A stale child ends for two reasons: the verdict at the join, and the loss of its name. Either
  // would hide that the other is missing.
  'stale-child-wanted': {
    alias: {
      ...replacing('distributed/child-host', 'stale-child-wanted'),
      ...replacing('cluster/global-names', 'losers-kept'),
    },
    catches: 'S3',
    shows: {
      faults: [{ kind: 'partition', groups: [[0, 1], [2]], atMs: 1000, forMs: 5000 }],
      durationMs: 24_000,
    },
  },
  'leases-not-awaited': bug('leases-not-awaited', 'distributed/lease', 'S3x', {
    takeover: 'majority',
    exclusive: true,
    faults: [{ kind: 'partition', groups: [[0, 1], [2]], atMs: 2000, forMs: 12_000 }],
    durationMs: 34_000,
  }),
  'replies-swapped': bug('replies-swapped', 'cluster/remote-requests', 'S6', {
    children: 1,
    faults: [{ kind: 'crash', node: 2, atMs: 1000, mode: 'closes' }],
    durationMs: 20_000,
  }),
  'casts-swapped': bug('casts-swapped', 'cluster/remote-router', 'S6', {
    children: 1,
    operations: [crashOf(1, 1000), crashOf(1, 2000), crashOf(1, 3000)],
    durationMs: 20_000,
  }),
  'down-told-twice': bug('down-told-twice', 'runtime/monitors', 'S7', {
    operations: [crashOf(2, 1000)],
    faults: [{ kind: 'crash', node: 1, atMs: 3000, mode: 'closes' }],
    durationMs: 20_000,
  }),
  'lost-child-forgotten': bug('lost-child-forgotten', 'distributed/incarnations', 'L1', {
    faults: [{ kind: 'crash', node: 2, atMs: 1000 }],
    durationMs: 20_000,
  }),
  'silence-never-ends': bug('silence-never-ends', 'cluster/failure-detector', 'L2', {
    selector: 'local_first',
    faults: [{ kind: 'crash', node: 2, atMs: 1000, mode: 'silent' }],
    durationMs: 20_000,
  }),
  'names-announced-in-vain': bug('names-announced-in-vain', 'cluster/global-names', 'L8', {
    faults: [{ kind: 'crash', node: 2, atMs: 1000 }],
    durationMs: 20_000,
  }),
  // For the law on fairness, which looks at the very first placement too.
  'placement-stuck': bug('placement-stuck', 'distributed/placement', undefined, {}),
  'placement-sticks': bug('placement-sticks', 'distributed/placement', 'S5', {
    selector: 'least_loaded',
    faults: [{ kind: 'crash', node: 2, atMs: 1000, mode: 'closes' }],
    operations: [crashOf(1, 3000), crashOf(2, 3500), crashOf(4, 4000)],
    durationMs: 20_000,
  }),
  'temporary-restarted': bug('temporary-restarted', 'otp/supervision/restart-type', 'S4', {
    childSettings: { 'counter-3': { restart: 'temporary' } },
    operations: [crashOf(3, 1000)],
  }),
  'exit-told-twice': bug('exit-told-twice', 'runtime/links', 'S8', {
    faults: [{ kind: 'crash', node: 2, atMs: 2000 }],
    operations: [operationAt(0, 1000, { kind: 'watch', child: 'counter-1', greeter: idOf(2) })],
    durationMs: 20_000,
  }),
  'names-of-the-lost': bug('names-of-the-lost', 'cluster/global-names', 'S9', {
    faults: [{ kind: 'crash', node: 2, atMs: 1000 }],
    durationMs: 20_000,
  }),
  'first-life-for-ever': bug('first-life-for-ever', 'cluster/membership', 'S10', {
    faults: [{ kind: 'crash', node: 2, atMs: 1000, restartAfterMs: 4500 }],
    durationMs: 24_000,
  }),
  'restarts-unseen': bug('restarts-unseen', 'cluster/member-listeners', 'L1', {
    faults: [{ kind: 'crash', node: 2, atMs: 1000, restartAfterMs: 300 }],
    durationMs: 20_000,
  }),
  'alarms-left-set': bug('alarms-left-set', 'cluster/alarms', 'S11', {
    faults: [{ kind: 'leave', node: 2, atMs: 2000 }],
    durationMs: 20_000,
  }),
  'losers-kept': bug('losers-kept', 'cluster/global-names', 'L3', {
    faults: [{ kind: 'partition', groups: [[0, 1], [2]], atMs: 1000, forMs: 5000 }],
    operations: [1, 2].map((node) => operationAt(node, 4000, { kind: 'register', name: 'x' })),
    durationMs: 25_000,
  }),
  'both-sides-yield': bug('both-sides-yield', 'cluster/name-conflict', 'L3', {
    faults: [{ kind: 'partition', groups: [[0, 1], [2]], atMs: 1000, forMs: 5000 }],
    operations: [1, 2].map((node) => operationAt(node, 4000, { kind: 'register', name: 'x' })),
    durationMs: 25_000,
  }),
  'nobody-takes-over': bug('nobody-takes-over', 'distributed/candidacy', 'L4', {
    takeover: 'available',
    faults: [{ kind: 'crash', node: 0, atMs: 2000 }],
    durationMs: 22_000,
  }),
  'restarts-left-behind': bug('restarts-left-behind', 'distributed/legacy', 'L4', {
    takeover: 'available',
    withinMs: 20_000,
    operations: [crashOf(2, 1000), crashOf(3, 1500)],
    faults: [{ kind: 'crash', node: 0, atMs: 4000 }],
    durationMs: 24_000,
  }),
  'held-for-ever': bug('held-for-ever', 'otp/supervision/recovery', 'L5', {
    childSettings: { 'counter-3': { selector: { node: idOf(2) } } },
    faults: [{ kind: 'crash', node: 2, atMs: 1000, restartAfterMs: 4500 }],
    durationMs: 25_000,
  }),
  'never-redialled': bug('never-redialled', 'cluster/backoff', 'L6', {
    faults: [{ kind: 'partition', groups: [[0, 1], [2]], atMs: 1000, forMs: 5000 }],
    durationMs: 25_000,
  }),
  'requests-forgotten': bug('requests-forgotten', 'cluster/remote-requests', 'L7', {
    faults: [{ kind: 'crash', node: 2, atMs: 1000, mode: 'silent' }],
    durationMs: 20_000,
  }),
  // Breaks no promise: `--check-determinism` finds it.
  'stacks-sent': bug('stacks-sent', 'cluster/frame', undefined, {}),
} satisfies Readonly<Record<string, PlantedBug>>;

export type PlantedBugName = keyof typeof plantedBugs;

function bug(
  name: string,
  replaced: string,
  catches: string | undefined,
  shows: Stage,
): PlantedBug {
  return { alias: replacing(replaced, name), catches, shows };
}

function replacing(module: string, planted: string): Readonly<Record<string, string>> {
  return { [simModule(`../src/${module}`)]: simModule(`planted/${planted}`) };
}
