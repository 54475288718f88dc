import type { Observed } from '../world-report.js';
import { listOf, textOf } from './fact.js';
import { type FaultDetail, faultText } from './fault-text.js';
import { nodeName } from './node-name.js';
import { Settling } from './settling.js';

/** One line of a run's story. */
export interface TimelineLine {
  readonly atUs: number;
  /** One word. */
  readonly what: TimelineWord;
  readonly text: string;
}

export type TimelineWord =
  | 'started'
  | 'crash'
  | 'restart'
  | 'failed'
  | 'down'
  | 'lost'
  | 'migrated'
  | 'restarted'
  | 'died'
  | 'held'
  | 'ended'
  | 'converged'
  | WorldWord;

/** What the world does, besides crashes and restarts. */
export type WorldWord = (typeof WORLD_WORDS)[number];

const WORLD_WORDS = [
  ...(['leave', 'pause', 'resume', 'partition', 'one-way', 'cut', 'frame-loss'] as const),
  ...(['latency', 'clog', 'flap', 'clock', 'slow', 'datagram', 'heal', 'healed'] as const),
] as const;

/** The kinds of observations that a timeline is told from. */
export const TIMELINE_KINDS: readonly string[] = [
  ...['world_crash', 'world_failed', 'world_restart'],
  ...WORLD_WORDS.map((word) => `world_${word}`),
  ...['node_up', 'node_down', 'children_lost', 'supervising', 'supervisor_ended', 'lifecycle'],
  ...['child_start', 'child_started', 'child_failed', 'child_ended', 'child_stop'],
  ...['child_abandoned', 'child_held'],
];

/**
 * Tells the story of a run from its observations, one line for each transition.
 *
 * That a cluster converged shows only when time goes on without another movement, so that line
 * comes with the next fact, with `reached`, or at the end.
 */
export class Timeline {
  readonly #nodeIds: readonly string[];
  readonly #settling: Settling;
  readonly #homes = new Map<string, string>();
  readonly #crashedUs = new Map<string, number>();
  readonly #noticedBy = new Map<string, number>();
  readonly #flapping = new Set<string | undefined>();
  #lines: TimelineLine[] = [];
  #lastCrashUs: number | undefined;
  #childLines = 0;
  #unsettled = false;

  constructor(nodeIds: readonly string[]) {
    this.#nodeIds = nodeIds;
    this.#settling = new Settling(nodeIds);
  }

  observe(fact: Observed): TimelineLine[] {
    this.#convergedBefore(fact.atUs);
    this.#settling.observe(fact);
    this.#tell(fact);
    return this.#take();
  }

  /** The run has come to `nowUs`; nothing else is to be observed before. */
  reached(nowUs: number): TimelineLine[] {
    this.#convergedBefore(nowUs);
    return this.#take();
  }

  #take(): TimelineLine[] {
    const lines = this.#lines;
    this.#lines = [];
    return lines;
  }

  #convergedBefore(atUs: number): void {
    const { settledUs } = this.#settling;
    const startedUs = this.#lastCrashUs;
    if (!this.#unsettled || settledUs === undefined || settledUs >= atUs) return;
    this.#unsettled = false;
    const nodes = new Set(this.#homes.values()).size;
    const since =
      startedUs === undefined ? '' : `, ${ms(settledUs - startedUs)} after the last crash`;
    this.#say(
      settledUs,
      'converged',
      `${count(this.#homes.size, 'child', 'children')} on ${count(nodes, 'node')}${since}`,
    );
  }

  #tell(fact: Observed): void {
    const { atUs, node, observation } = fact;
    const here = nodeName(this.#nodeIds[node] ?? '');
    const childId = textOf(fact, 'childId');
    switch (observation.kind) {
      case 'supervising': {
        const nodes = new Set(this.#homes.values()).size;
        const children = count(this.#homes.size, 'child', 'children');
        return this.#say(
          atUs,
          'started',
          `${children} on ${count(nodes, 'node')}, supervised by ${here}`,
        );
      }
      case 'world_crash':
      case 'world_failed':
        return this.#crashed(fact);
      case 'world_restart':
        return this.#say(atUs, 'restart', `${here} starts again`);
      case 'node_down':
        return this.#nodeDown(fact);
      case 'children_lost': {
        const gone = nodeName(textOf(fact, 'nodeId'));
        const children = listOf<string>(fact, 'childIds');
        return this.#say(atUs, 'lost', `${listed(children)} with ${gone}, one charge`);
      }
      case 'child_ended':
        if (textOf(fact, 'reason') === 'shutdown') return;
        return this.#sayChild(atUs, 'died', `${childId}: ${textOf(fact, 'reason')}`);
      case 'child_failed':
        return this.#sayChild(atUs, 'failed', `${childId} could not be started`);
      case 'child_held':
        return this.#sayChild(atUs, 'held', `${childId}: no node takes it`);
      case 'supervisor_ended':
        return this.#say(atUs, 'ended', `the supervisor ended: ${textOf(fact, 'cause')}`);
      case 'lifecycle':
        return this.#lifecycle(fact);
      default:
        return this.#world(fact);
    }
  }

  #world({ atUs, node, observation }: Observed): void {
    const word = WORLD_WORDS.find((name) => observation.kind === `world_${name}`);
    if (word === undefined) return;
    const detail = { node, ...(observation['detail'] as WorldDetail | undefined) };
    // A link that flaps tells of each of its turns; the first one says all.
    if (word === 'flap' && this.#flapping.has(detail.id)) return;
    if (word === 'flap') this.#flapping.add(detail.id);
    this.#say(atUs, word, this.#worldText(word, detail));
  }

  #worldText(word: WorldWord, detail: WorldDetail): string {
    const { id, kind, core } = detail;
    if (word === 'heal') return `the end of: ${kind ?? id ?? 'a fault'}`;
    if (word !== 'healed') return faultText(word, detail, this.#nodeIds);
    if (core === undefined) return 'every fault is over';
    const names = core.map((node) => nodeName(this.#nodeIds[node] ?? ''));
    return `every fault is over; only ${listed(names)} stay connected`;
  }

  #crashed(fact: Observed): void {
    const { atUs, node, observation } = fact;
    const nodeId = this.#nodeIds[node] as string;
    this.#crashedUs.set(nodeId, atUs);
    this.#noticedBy.delete(nodeId);
    this.#lastCrashUs = atUs;
    this.#unsettled = true;
    const children = [...this.#homes].filter(([, home]) => home === nodeId).map(([child]) => child);
    const took = children.length === 0 ? 'no child' : listed(children);
    const { mode = 'closes' } = (observation['detail'] ?? {}) as { mode?: string };
    const how =
      observation.kind === 'world_failed' ? 'threw and nobody caught it' : (ENDS[mode] ?? mode);
    this.#say(atUs, 'crash', `${nodeName(nodeId)} ${how}; it ran ${took}`);
  }

  #nodeDown(fact: Observed): void {
    const nodeId = textOf(fact, 'nodeId');
    const noticed = (this.#noticedBy.get(nodeId) ?? 0) + 1;
    this.#noticedBy.set(nodeId, noticed);
    const left = this.#settling.unawareOf(nodeId);
    if (noticed > 1 && left > 0) return;
    const crashedUs = this.#crashedUs.get(nodeId);
    const after = crashedUs === undefined ? '' : ` after ${ms(fact.atUs - crashedUs)}`;
    const by = nodeName(this.#nodeIds[fact.node] as string);
    const why = textOf(fact, 'reason').replaceAll('_', ' ');
    const name = nodeName(nodeId);
    const text =
      noticed === 1
        ? `${name} is given up${left === 0 ? '' : ' first'} by ${by}${after}: ${why}`
        : `${name} is given up by all ${noticed}, last by ${by}${after}`;
    this.#say(fact.atUs, 'down', text);
  }

  #lifecycle(fact: Observed): void {
    const childId = textOf(fact, 'childId');
    const toNode = textOf(fact, 'nodeId');
    switch (fact.observation['type']) {
      case 'child_started':
        this.#homes.set(childId, toNode);
        return;
      case 'child_stopped':
        this.#unsettled = true;
        return;
      case 'child_restarted': {
        const from = this.#homes.get(childId);
        this.#homes.set(childId, toNode);
        if (from === undefined || from === toNode) {
          return this.#sayChild(fact.atUs, 'restarted', `${childId} on ${nodeName(toNode)}`);
        }
        const way = `${nodeName(from)} -> ${nodeName(toNode)}`;
        const crashedUs = this.#crashedUs.get(from);
        const after =
          crashedUs === undefined ? '' : `, ${ms(fact.atUs - crashedUs)} after the crash`;
        return this.#sayChild(fact.atUs, 'migrated', `${childId} ${way}${after}`);
      }
    }
  }

  #sayChild(atUs: number, what: TimelineWord, text: string): void {
    this.#childLines += 1;
    if (this.#childLines <= CHILD_LINES_MAX) this.#lines.push({ atUs, what, text });
  }

  #say(atUs: number, what: TimelineWord, text: string): void {
    const untold = this.#childLines - CHILD_LINES_MAX;
    if (untold > 0) {
      const more = `and ${count(untold, 'more such line')} about children`;
      this.#lines.push({ atUs, what: 'restarted', text: more });
    }
    this.#childLines = 0;
    this.#lines.push({ atUs, what, text });
  }
}

interface WorldDetail extends FaultDetail {
  readonly id?: string;
  readonly kind?: string;
  readonly core?: readonly number[];
}

/** The whole story of a run that is over. */
export function timelineOf(
  observed: readonly Observed[],
  nodeIds: readonly string[],
  endedUs: number,
): TimelineLine[] {
  const timeline = new Timeline(nodeIds);
  const lines = observed.flatMap((fact) => timeline.observe(fact));
  return [...lines, ...timeline.reached(endedUs + 1)];
}

/** `1 node`, `2 nodes`. */
export function count(n: number, one: string, many = `${one}s`): string {
  return `${n} ${n === 1 ? one : many}`;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_MAX).join(', ');
  return names.length > NAMES_MAX ? `${shown} and ${names.length - NAMES_MAX} more` : shown;
}

function ms(us: number): string {
  return `${(us / 1000).toFixed(1)} ms`;
}

const ENDS: Readonly<Record<string, string>> = {
  silent: 'falls silent',
  closes: 'dies, its links close',
  exits: 'exits',
};
const CHILD_LINES_MAX = 20;
const NAMES_MAX = 4;
