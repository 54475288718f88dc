import type { Checked } from '../run.js';
import type { SimReport } from '../simulate.js';
import type { Scenario } from '../scenarios/scenario.js';
import { unrestOf, unrestText } from '../scenarios/stability.js';
import { callCounts } from './calls.js';
import { isCrash, textOf } from './fact.js';
import { nodeName } from './node-name.js';
import { placementAfter } from './placement.js';
import { Settling } from './settling.js';
import { count } from './timeline.js';

/** `STOPPED`: it was asked to stop before the end, and nothing was broken until there. */
export type VerdictWord = 'PASS' | 'FAIL' | 'ABORTED' | 'STOPPED';

export interface Verdict {
  readonly word: VerdictWord;
  readonly exitCode: ExitCode;
  /** Why it is no PASS: what was promised and what happened instead. */
  readonly reason?: string;
  /** What was broken, short and stable: two runs with the same one failed the same way. */
  readonly broken?: string;
}

export const EXIT = {
  pass: 0,
  broken: 1,
  usage: 2,
  notConverged: 3,
  notDeterministic: 4,
  harness: 5,
  aborted: 130,
} as const satisfies Record<string, number>;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/**
 * What a run shows.
 *
 * A broken safety promise is a broken promise whenever it shows. The others (`L`) speak about where
 * the cluster arrives, and count once it had the time to arrive; before that the verdict is that it
 * did not converge. A run that put a promise to no test, or answered no call after the last kill,
 * shows nothing and is no PASS.
 */
export function verdictOf(report: SimReport, scenario: Scenario): Verdict {
  const { violation, end, failures } = report;
  if (end === 'aborted') return { word: 'ABORTED', exitCode: EXIT.aborted };
  if (violation !== undefined && !isAboutTheEnd(violation.checker)) {
    return broken(violation.checker, violation.message);
  }
  const failed = failures[0];
  if (failed !== undefined) {
    const who = nodeName(scenario.settings.nodeIds[failed.node] as string);
    const { name, message } = failed.failure;
    return broken('uncaught', `${who} threw and nobody caught it: ${name}: ${message}`);
  }
  if (end === 'until-event') return { word: 'STOPPED', exitCode: EXIT.pass };
  const late = notConverged(report, scenario);
  if (late !== undefined) {
    return { word: 'FAIL', exitCode: EXIT.notConverged, reason: late, broken: 'convergence' };
  }
  if (violation !== undefined) {
    return broken(violation.checker, violation.message);
  }
  const untested = untestedOf(report).filter(({ excused }) => !excused);
  if (untested.length > 0) {
    const ids = untested.map(({ id }) => id);
    const reason = `never put to the test: ${ids.join(', ')}`;
    if (!ids.every(isAboutTheEnd)) return broken('untested', reason);
    const exitCode = EXIT.notConverged;
    return { word: 'FAIL', exitCode, reason: `${reason}; raise --duration`, broken: 'untested' };
  }
  const unrest = unrestOf(report.observed, scenario);
  if (unrest !== undefined) return broken('stability', unrestText(unrest));
  const { answeredAfterLastKill, asked } = callCounts(report.observed);
  if (asked > 0 && answeredAfterLastKill === 0 && !hasGivenUp(report, scenario)) {
    return broken('unanswered', 'no call was answered after the last kill');
  }
  return { word: 'PASS', exitCode: EXIT.pass };
}

/** The promises that were never tested. Excused: what they are about has not happened. */
export function untestedOf(report: SimReport): { id: string; excused: boolean }[] {
  return report.checked
    .filter(({ checks }) => checks === 0)
    .map(({ id, excuse }: Checked) => ({ id, excused: excuse !== undefined }));
}

function notConverged(report: SimReport, scenario: Scenario): string | undefined {
  const { nodeIds, supervisor } = scenario.settings;
  if (report.end === 'livelock') {
    return `the nodes kept each other busy at ${report.endedUs / 1000} ms without end`;
  }
  const settling = new Settling(nodeIds);
  for (const fact of report.observed) settling.observe(fact);
  const finalUs = scenario.times.finalMs * 1000;
  if (!settling.hadTime(finalUs, CALM_MS * 1000, noticeUs(scenario))) {
    return 'the cluster had not settled before the final check; raise --duration';
  }
  if (report.violation !== undefined) return undefined;
  const silent = silentNodes(report, scenario);
  if (silent > 0) return `${count(silent, 'node')} made no final report`;
  if (hasGivenUp(report, scenario)) return undefined;
  const back = new Set(placementAfter(report.observed).map(({ id }) => id));
  const held = heldChildren(report);
  // What waits behind a child that no node may take waits as well.
  if (supervisor.strategy !== 'one_for_one' && held.size > 0) return undefined;
  const missing = supervisor.children.filter(({ id, restart }) => {
    return restart === 'permanent' && !back.has(id) && !held.has(id);
  });
  if (missing.length === 0) return undefined;
  return `${count(missing.length, 'child', 'children')} did not come back`;
}

/** The children that wait for a node in the end. */
function heldChildren({ observed }: SimReport): ReadonlySet<string> {
  const held = new Set<string>();
  for (const fact of observed) {
    const { kind } = fact.observation;
    if (kind === 'child_held') held.add(textOf(fact, 'childId'));
    else if (kind === 'child_start') held.delete(textOf(fact, 'childId'));
  }
  return held;
}

/** How many nodes live in the end and have not said how they see the cluster. */
function silentNodes({ observed }: SimReport, { settings, times }: Scenario): number {
  const silent = new Set(settings.nodeIds.keys());
  for (const fact of observed) {
    const { node, atUs, observation } = fact;
    if (isCrash(fact)) silent.delete(node);
    else if (observation.kind === 'world_restart') silent.add(node);
    const isFinal = observation.kind === 'final_members' && atUs >= times.finalMs * 1000;
    if (isFinal) silent.delete(node);
  }
  return silent.size;
}

/**
 * Whether the supervisor ended: its limit of restarts was exceeded, and that is its right, or its
 * node is lost and nobody takes it over, or nobody is left who may act for it.
 */
function hasGivenUp({ observed, checked }: SimReport, { settings }: Scenario): boolean {
  if (checked.some(({ id, excuse }) => id === 'L8' && excuse !== undefined)) return true;
  if (settings.supervisor.takeover !== undefined) return false;
  return observed.some((fact) => {
    return fact.observation.kind === 'supervisor_ended' || (fact.node === 0 && isCrash(fact));
  });
}

// Silence is noticed after the last heartbeat that was missed, and that news is a little under way.
function noticeUs({ settings }: Scenario): number {
  const { heartbeatIntervalMs, heartbeatMissThreshold } = settings;
  return heartbeatIntervalMs * (heartbeatMissThreshold + 3) * 1000;
}

function isAboutTheEnd(checker: string): boolean {
  return checker.startsWith('L');
}

function broken(what: string, reason: string): Verdict {
  return { word: 'FAIL', exitCode: EXIT.broken, reason, broken: what };
}

// A name that a lost child still holds elsewhere is claimed again each quarter of a second.
const CALM_MS = 1000;
