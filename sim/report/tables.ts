import { type Cell, clipped, columns, wrapped } from './columns.js';
import { nodeName } from './node-name.js';
import { secondsText, spanText, wholeText } from './number-text.js';
import type { Paint } from './paint.js';
import type { RunSummary } from './summary.js';
import { count, type TimelineLine, type TimelineWord } from './timeline.js';

export function timelineText({ atUs, what, text }: TimelineLine, paint: Paint): string {
  const when = secondsText(atUs).padStart(11);
  const colour = COLOURS[what];
  const word = what.padEnd(10);
  return `${paint.dim(when)}  ${colour === undefined ? word : paint[colour](word)} ${text}`;
}

/** Where the children were before the kills, and where they are at the end. */
export function placementLines(
  { before: placed, children, killed, threads }: RunSummary,
  nodeIds: readonly string[],
  paint: Paint,
): string[] {
  const rows = nodeIds.flatMap((nodeId): Cell[][] => {
    const own = threads.filter((thread) => thread.nodeId === nodeId);
    const kill = killed.find((one) => one.nodeId === nodeId);
    const ids = own.map(({ threadId }) => `${threadId}`).join(' ');
    const was = placed.filter((child) => child.nodeId === nodeId).map(({ id }) => id);
    const now = children
      .filter((child) => child.nodeId === nodeId)
      .map(({ id, incarnation }) => (incarnation === 1 ? id : `${id}/${incarnation}`));
    const fate = kill === undefined ? '' : kill.exitSeen ? ', exited' : ', gone';
    const after = kill === undefined ? namesLines(now) : [paint.dim('killed')];
    const before = namesLines(was);
    return Array.from({ length: Math.max(before.length, after.length) }, (_, at) => [
      at === 0 ? nodeName(nodeId) : '',
      at === 0 ? `${ids}${fate}` : '',
      before[at] ?? '',
      after[at] ?? '',
    ]);
  });
  const titles = ['node', 'thread', 'children before', 'children after (/n: its n-th life)'];
  return columns([titles.map((title) => paint.dim(title)), ...rows]);
}

export function invariantLines({ invariants }: RunSummary, paint: Paint): string[] {
  const rows = invariants.map(({ id, title, checked, failed, excuse }): Cell[] => {
    const mark = failed > 0 ? paint.red('broken') : checked > 0 ? 'holds' : 'not tested';
    const why = checked === 0 && excuse !== undefined ? `not tested: ${excuse}` : mark;
    return [id, clipped(title, TITLE), { right: wholeText(checked) }, { right: `${failed}` }, why];
  });
  const titles: Cell[] = ['', 'promise', { right: 'checked' }, { right: 'failed' }, ''];
  return columns([titles.map((title) => dim(title, paint)), ...rows]);
}

/** Figures of the run, one a line. */
export function figureLines(summary: RunSummary, paint: Paint): string[] {
  const { recovery, recoveries, calls, threads, threadStartMs, killed } = summary;
  const exits = killed.filter(({ exitSeen }) => exitSeen).length;
  const seen = exits === 0 ? '' : `; exits of killed threads seen: ${exits} of ${killed.length}`;
  const { p50Ms, p99Ms } = recovery;
  const none = killed.length === 0 ? 'nothing was killed' : 'no child was lost';
  const times = `p50 ${p50Ms?.toFixed(1)} ms, p99 ${p99Ms?.toFixed(1)} ms`;
  const lost = count(recoveries.length, 'lost child', 'lost children');
  const rows: [string, string][] = [
    ['recovery', p50Ms === null ? none : `${times} virtual, of ${lost}`],
    ['calls', callsText(calls)],
    ['', `${wholeText(calls.answeredAfterLastKill)} answered after the last kill`],
    ['threads', `${threads.length} started, ${startText(threadStartMs)}${seen}`],
    [
      'speed',
      `${wholeText(summary.events)} events, ${wholeText(summary.eventsPerSecond)} a second; ` +
        `${wholeText(summary.virtualPerSecond)} virtual seconds a second`,
    ],
    ['time', `${spanText(summary.virtualMs)} virtual in ${spanText(Math.round(summary.wallMs))}`],
    ['trace', summary.traceHash],
  ];
  return columns(rows.map(([name, text]) => [paint.dim(name), text]));
}

/** What went wrong, in lines that fit. */
export function reasonLines(reason: string): string[] {
  return wrapped(reason, LINE - 2).map((line) => `  ${line}`);
}

function namesLines(names: readonly string[]): string[] {
  if (names.length === 0) return [''];
  const lines = wrapped(names.join(' '), CELL);
  if (lines.length <= CELL_LINES) return lines;
  return [...lines.slice(0, CELL_LINES - 1), `... ${names.length} in all`];
}

function callsText({ asked, answered, unanswered, open, unplaced }: RunSummary['calls']): string {
  const parts = [`${wholeText(asked)} asked`, `${wholeText(answered)} answered`];
  for (const [why, times] of Object.entries(unanswered)) parts.push(`${wholeText(times)} ${why}`);
  if (open > 0) parts.push(`${wholeText(open)} open`);
  if (unplaced > 0) parts.push(`${wholeText(unplaced)} found no child`);
  return parts.join(', ');
}

function startText(startMs: number | null): string {
  return startMs === null ? 'none' : `${startMs.toFixed(1)} ms to start (median)`;
}

function dim(cell: Cell, paint: Paint): Cell {
  return typeof cell === 'string' ? paint.dim(cell) : { right: paint.dim(cell.right) };
}

const LINE = 100;
const CELL = 38;
const CELL_LINES = 4;
const TITLE = 37;
const COLOURS: Readonly<Partial<Record<TimelineWord, 'red' | 'yellow' | 'green'>>> = {
  crash: 'red',
  failed: 'red',
  ended: 'red',
  died: 'red',
  down: 'yellow',
  lost: 'yellow',
  held: 'yellow',
  leave: 'yellow',
  pause: 'yellow',
  partition: 'yellow',
  'one-way': 'yellow',
  cut: 'yellow',
  'frame-loss': 'yellow',
  latency: 'yellow',
  clog: 'yellow',
  flap: 'yellow',
  clock: 'yellow',
  slow: 'yellow',
  datagram: 'yellow',
  heal: 'green',
  healed: 'green',
  converged: 'green',
};
