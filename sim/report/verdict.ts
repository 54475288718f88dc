import type { Checked } from '../run.js';
import type { SimReport } from '../simulate.js';
import type { Scenario } from '../scenarios/scenario.js';
import { callCounts } from './calls.js';
import { nodeName } from './node-name.js';
import { placementAfter } from './placement.js';
import { Settling } from './settling.js';
import { count } from './timeline.js';

export type VerdictWord = 'PASS' | 'FAIL' | 'ABORTED';

export interface Verdict {
  readonly word: VerdictWord;
  readonly exitCode: ExitCode;
  /** Why it is no PASS: what was promised and what happened instead. */
  readonly reason?: string;
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
    return broken(violation.message);
  }
  const failed = failures[0];
  if (failed !== undefined) {
    const who = nodeName(scenario.settings.nodeIds[failed.node] as string);
    const { name, message } = failed.failure;
    return broken(`${who} threw and nobody caught it: ${name}: ${message}`);
  }
  const late = notConverged(report, scenario);
  if (late !== undefined) return { word: 'FAIL', exitCode: EXIT.notConverged, reason: late };
  if (violation !== undefined) {
    return broken(violation.message);
  }
  const untested = untestedOf(report).filter(({ excused }) => !excused);
  if (untested.length > 0) {
    const ids = untested.map(({ id }) => id);
    const reason = `never put to the test: ${ids.join(', ')}`;
    if (!ids.every(isAboutTheEnd)) return broken(reason);
    const exitCode = EXIT.notConverged;
    return { word: 'FAIL', exitCode, reason: `${reason}; raise --duration` };
  }
  const { answeredAfterLastKill, asked } = callCounts(report.observed);
  if (asked > 0 && answeredAfterLastKill === 0) {
    return broken('no call was answered after the last kill');
  }
  return { word: 'PASS', exitCode: EXIT.pass };
}

/** The promises that were never tested. Excused: nothing was lost, so nothing had to be done. */
export function untestedOf(report: SimReport): { id: string; excused: boolean }[] {
  const anyLoss = report.observed.some(({ observation }) => observation.kind === 'children_lost');
  return report.checked
    .filter(({ checks }) => checks === 0)
    .map(({ id }: Checked) => ({ id, excused: !anyLoss && ABOUT_LOSSES.has(id) }));
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
  const gone = new Set(report.threadEnds.map(({ node }) => node));
  const alive = nodeIds.length - gone.size;
  const reports = report.observed.filter(({ observation }) => observation.kind === 'final_members');
  if (report.violation === undefined && reports.length < alive) {
    return `${count(alive - reports.length, 'node')} made no final report`;
  }
  const back = placementAfter(report.observed).length;
  if (report.violation === undefined && back < supervisor.children.length) {
    return `${count(supervisor.children.length - back, 'child', 'children')} did not come back`;
  }
  return undefined;
}

// Silence is noticed after the last heartbeat that was missed, and that news is a little under way.
function noticeUs({ settings }: Scenario): number {
  const { heartbeatIntervalMs, heartbeatMissThreshold } = settings;
  return heartbeatIntervalMs * (heartbeatMissThreshold + 3) * 1000;
}

function isAboutTheEnd(checker: string): boolean {
  return checker.startsWith('L');
}

function broken(reason: string): Verdict {
  return { word: 'FAIL', exitCode: EXIT.broken, reason };
}

// A name that a lost child still holds elsewhere is claimed again each quarter of a second.
const CALM_MS = 1000;
// Without a loss there is no restart to count and, it may be, nobody to be told about.
const ABOUT_LOSSES: ReadonlySet<string> = new Set(['S1', 'S7']);
