import type { Scenario } from '../scenarios/scenario.js';
import type { Observed } from '../world-report.js';
import { AsymmetricPartition } from './asymmetric-partition.js';
import type { DetectorOptions, Sometimes } from './detector.js';
import { DownRacingReply } from './down-racing-reply.js';
import { HealDuringFailover } from './heal-during-failover.js';
import { IntensityExceededRemotely } from './intensity-exceeded-remotely.js';
import { LongPause } from './long-pause.js';
import { LossesAtOnce } from './losses-at-once.js';
import { NameConflictAtHeal } from './name-conflict-at-heal.js';
import { PartitionDuringRestart } from './partition-during-restart.js';
import { QuickRestart } from './quick-restart.js';
import { SupervisorLostMidway } from './supervisor-lost-midway.js';

/** Something that a good search sees now and then; a sweep that never saw it has a blind spot. */
export interface SometimesRow {
  readonly id: string;
  readonly title: string;
  /** How often it was seen. */
  readonly seen: number;
}

/** What of it was seen in one run; every row, in the order of the table. */
export function sometimesOf(observed: readonly Observed[], scenario?: Scenario): SometimesRow[] {
  const options = optionsOf(scenario);
  const rows = sometimes.map((row) => ({ ...row, detector: row.detect(options) }));
  for (const one of observed) for (const { detector } of rows) detector.observe(one);
  return rows.map(({ id, title, detector }) => ({ id, title, seen: detector.seen }));
}

/** The rows of many runs as one table. */
export function mergeSometimes(runs: Iterable<readonly SometimesRow[]>): SometimesRow[] {
  const seen = new Map<string, number>();
  for (const rows of runs) {
    for (const row of rows) seen.set(row.id, (seen.get(row.id) ?? 0) + row.seen);
  }
  return sometimes.map(({ id, title }) => ({ id, title, seen: seen.get(id) ?? 0 }));
}

/** Everything that is looked for, in the order in which it is shown. */
export const sometimes: readonly Sometimes[] = [
  {
    id: 'losses-at-once',
    title: 'two nodes were lost at once',
    detect: () => new LossesAtOnce(),
  },
  {
    id: 'partition-during-restart',
    title: 'a partition came during a restart',
    detect: () => new PartitionDuringRestart(),
  },
  {
    id: 'supervisor-lost-midway',
    title: "the supervisor's node was lost in the middle of a rest_for_one",
    detect: () => new SupervisorLostMidway(),
  },
  {
    id: 'heal-during-failover',
    title: 'the network healed during a failover',
    detect: () => new HealDuringFailover(),
  },
  {
    id: 'intensity-exceeded-remotely',
    title: 'a child on another node exceeded the restart intensity',
    detect: () => new IntensityExceededRemotely(),
  },
  {
    id: 'name-conflict-at-heal',
    title: 'two sides that healed had both given a name away',
    detect: () => new NameConflictAtHeal(),
  },
  {
    id: 'down-racing-reply',
    title: 'a DOWN raced a reply',
    detect: () => new DownRacingReply(),
  },
  {
    id: 'long-pause',
    title: 'a pause outlasted the failure timeout',
    detect: (options) => new LongPause(options),
  },
  {
    id: 'quick-restart',
    title: 'a node was back under its id within the failure timeout',
    detect: (options) => new QuickRestart(options),
  },
  {
    id: 'asymmetric-partition',
    title: 'a partition was asymmetric',
    detect: () => new AsymmetricPartition(),
  },
];

function optionsOf(scenario: Scenario | undefined): DetectorOptions {
  if (scenario === undefined) return { failureTimeoutUs: USUAL_TIMEOUT_US };
  const { heartbeatIntervalMs, heartbeatMissThreshold } = scenario.settings;
  return { failureTimeoutUs: heartbeatIntervalMs * heartbeatMissThreshold * 1000 };
}

const USUAL_TIMEOUT_US = 3_000_000;
