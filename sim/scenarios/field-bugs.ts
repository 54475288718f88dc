import { LiveChildren } from '../checkers/live-children.js';
import type { PlantedBugName } from '../planted/all.js';
import type { SimReport } from '../simulate.js';
import type { Observed } from '../world-report.js';
import type { ScenarioOptions } from './options.js';
import type { Scenario } from './scenario.js';

/** A class of bugs that clusters in the field had, and the story in which it would show. */
export interface FieldBug {
  /** The name of the scenario. */
  readonly story: string;
  readonly options?: Partial<Pick<ScenarioOptions, 'takeover' | 'exclusive' | 'kill'>>;
  /** A bug of this class, to be seen: its symptom shows with it. */
  readonly planted?: PlantedBugName;
  /** Whether the run came to the point where the bug would have shown. */
  arises(report: SimReport): boolean;
  /** What of it shows, besides what the checkers say. */
  symptom(report: SimReport, scenario: Scenario): string | undefined;
}

/** Every class of them by name. */
export const fieldBugs: Readonly<Record<string, FieldBug>> = {
  'duplicates that nobody reconciles after a heal': {
    story: 'split-heal',
    options: { takeover: true },
    planted: 'stale-child-wanted',
    arises: (report) => twinsOf(report).ever,
    symptom: (report) => (twinsOf(report).atTheEnd ? 'a child lives twice in the end' : undefined),
  },
  'a process that vanishes after a heal because both sides yield': {
    story: 'name-conflict',
    planted: 'both-sides-yield',
    arises: (report) => told(report, 'told_of_loss').length > 0,
    symptom: (report) => {
      const holder = holders(report, 'the one')[0];
      return holder !== undefined && isAlive(report, holder) ? undefined : 'nobody has the name';
    },
  },
  'a loss that is restarted and charged twice': {
    story: 'kill',
    options: { kill: 2 },
    planted: 'losses-charged-by-child',
    arises: (report) => told(report, 'children_lost').length > 0,
    symptom: (report, { settings }) => {
      const lost = told(report, 'children_lost').flatMap(idsOf).length;
      const failed = told(report, 'child_failed').length;
      const due = settings.supervisor.children.length + lost + failed;
      const starts = told(report, 'child_start').length;
      return starts === due ? undefined : `${starts} starts, where there had to be ${due}`;
    },
  },
  'references to processes that are gone': {
    story: 'ghost-spawn',
    planted: 'names-of-the-lost',
    arises: (report) => told(report, 'child_failed').length > 0,
    symptom: (report) => {
      const ghost = allHolders(report).find((id) => !isAlive(report, id));
      return ghost === undefined ? undefined : `a name stands for ${ghost}, which is gone`;
    },
  },
  'a loser that ignores its kill': {
    story: 'stubborn-loser',
    planted: 'losers-kept',
    arises: (report) => told(report, 'told_of_loss').length > 0,
    symptom: (report) => {
      const claimed = told(report, 'registered').map(processOf);
      const alive = claimed.filter((id) => isAlive(report, id));
      return alive.length === 1 ? undefined : `${alive.join(' and ')} had one name and live`;
    },
  },
  'two singletons in a hand-over': {
    story: 'hand-over',
    options: { takeover: true, exclusive: true },
    arises: (report) => told(report, 'supervisor_resumed').length > 0,
    symptom: (report) => (twinsOf(report).ever ? 'a child lived twice' : undefined),
  },
  'overlapping partitions that corrupt tables of names': {
    story: 'overlapping-partitions',
    planted: 'names-announced-in-vain',
    arises: (report) => told(report, 'name_conflict').length > 0,
    symptom: (report) => {
      const lists = told(report, 'final_names').map(({ observation }) => {
        return JSON.stringify([...(observation['names'] as [string, string][])].sort(byName));
      });
      return new Set(lists.slice(-lists.length / 2)).size === 1
        ? undefined
        : 'nodes do not agree on names';
    },
  },
  'a registration that a gone node still locks': {
    story: 'name-of-the-gone',
    planted: 'names-of-the-lost',
    arises: (report) => told(report, 'unregistered').length > 0,
    symptom: (report) => {
      const registered = told(report, 'registered').map(processOf);
      const holder = holders(report, 'the one')[0];
      if (registered.length === 2 && holder === registered[1]) return undefined;
      return `${registered.length} got the name, and in the end it is ${holder ?? 'nobody'}`;
    },
  },
  'a stale DOWN': {
    story: 'rolling-restart',
    planted: 'down-told-twice',
    arises: (report) => told(report, 'down').length > 0,
    symptom: (report) => {
      const { answered, twice } = downsOf(report);
      return twice === undefined ? undefined : `${twice} was answered twice among ${answered}`;
    },
  },
  'a restart at the same address that hides the death': {
    story: 'quick-restart',
    planted: 'restarts-unseen',
    arises: (report) => told(report, 'world_restart').length > 0,
    symptom: (report) => {
      const doomed = hostsThatDied(report);
      const lost = new Set(told(report, 'children_lost').map(nodeOf));
      const hidden = doomed.find((nodeId) => !lost.has(nodeId));
      return hidden === undefined ? undefined : `the loss of ${hidden} went unnoticed`;
    },
  },
  'an intensity window on the wrong clock': {
    story: 'intensity-limit',
    planted: 'restarts-by-the-wall-clock',
    arises: (report) => told(report, 'supervisor_ended').length > 0,
    symptom: (report, { plan }) => {
      const crashes = plan.operations.filter(({ operation }) => {
        return (operation as { end?: string }).end === 'crash';
      });
      const received = told(report, 'child_ended').length;
      const hasEnded = told(report, 'supervisor_ended').length > 0;
      if (received > crashes.length) return undefined;
      return hasEnded === crashes.length > LIMIT ? undefined : `${crashes.length} crashes`;
    },
  },
  'nodes that never reconnect after a heal': {
    story: 'split-heal',
    planted: 'never-redialled',
    arises: (report) => told(report, 'node_down').length > 0,
    symptom: (report, { settings }) => {
      const members = told(report, 'final_members').slice(-settings.nodeIds.length);
      const complete = members.every(({ observation }) => {
        return (observation['members'] as unknown[]).length === settings.nodeIds.length - 1;
      });
      return complete ? undefined : 'a node misses another one in the end';
    },
  },
  'eleven incarnations for the six children of one node': {
    story: 'six-on-one-node',
    planted: 'losses-charged-by-child',
    arises: (report) => told(report, 'children_lost').length > 0,
    symptom: (report) => {
      const starts = told(report, 'fenced_started').length;
      const charges = told(report, 'children_lost').length;
      const ends = told(report, 'supervisor_ended').length;
      if (starts === 12 && charges === 1 && ends === 0) return undefined;
      return `${starts - 6} new incarnations, ${charges} charges, ${ends} ends of the supervisor`;
    },
  },
};

function told({ observed }: SimReport, kind: string): Observed[] {
  return observed.filter(({ observation }) => observation.kind === kind);
}

/** Whether two incarnations of one child were alive at one time. */
function twinsOf({ observed }: SimReport): { readonly ever: boolean; readonly atTheEnd: boolean } {
  const live = new LiveChildren();
  let ever = false;
  for (const one of observed) {
    const started = live.observe(one);
    if (started !== undefined) ever ||= live.of(started.ownerId, started.childId).length > 1;
  }
  const ids = live.all().map(({ childId }) => childId);
  return { ever, atTheEnd: new Set(ids).size < ids.length };
}

/** Whether the process never ended, by its own account or with its node. */
function isAlive({ observed }: SimReport, id: string): boolean {
  let home: number | undefined;
  let lives = false;
  for (const { node, observation } of observed) {
    const { kind } = observation;
    if (kind === 'spawned' && observation['id'] === id) [home, lives] = [node, true];
    else if (kind === 'exited' && observation['id'] === id) lives = false;
    else if (kind === 'world_crash' && node === home) lives = false;
  }
  return lives;
}

/** What the name stood for in the end, on any node, without repetition. */
function holders(report: SimReport, name: string): string[] {
  const last = report.observed.findLast(({ observation }) => observation.kind === 'final_names');
  const atUs = last?.atUs ?? 0;
  const lists = told(report, 'final_names').filter((one) => one.atUs === atUs);
  const ids = lists.map(({ observation }) => {
    return new Map(observation['names'] as [string, string][]).get(name);
  });
  return [...new Set(ids)].filter((id) => id !== undefined);
}

function allHolders(report: SimReport): string[] {
  const last = report.observed.findLast(({ observation }) => observation.kind === 'final_names');
  const names = (last?.observation['names'] ?? []) as [string, string][];
  return names.map(([, id]) => id);
}

function downsOf(report: SimReport): { answered: number; twice: string | undefined } {
  const seen = new Set<string>();
  let twice: string | undefined;
  for (const { node, incarnation, observation } of told(report, 'down')) {
    const key = `${node}/${incarnation} ${observation['monitorId'] as string}`;
    if (seen.has(key)) twice ??= key;
    seen.add(key);
  }
  return { answered: seen.size, twice };
}

/** The nodes that died while they ran a child, by id. */
function hostsThatDied(report: SimReport): string[] {
  const live = new LiveChildren();
  const died: string[] = [];
  const ids = report.config.nodes.map(({ id }) => id);
  for (const one of report.observed) {
    const isCrash = one.observation.kind === 'world_crash';
    const hasChild = live.all().some(({ node }) => node === one.node);
    if (isCrash && hasChild) died.push(ids[one.node] as string);
    live.observe(one);
  }
  return died;
}

function processOf({ observation }: Observed): string {
  return observation['processId'] as string;
}

function nodeOf({ observation }: Observed): string {
  return observation['nodeId'] as string;
}

function idsOf({ observation }: Observed): readonly string[] {
  return observation['childIds'] as string[];
}

function byName([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : 1;
}

// Of the story.
const LIMIT = 3;
