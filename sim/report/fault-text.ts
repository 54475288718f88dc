import type { Delay } from '../plan.js';
import { nodeName } from './node-name.js';
import { spanText } from './number-text.js';

/** The fields of any fault, of a plan or as the world tells of it. */
export interface FaultDetail {
  readonly node?: number;
  readonly mode?: string;
  readonly afterOutputs?: number;
  readonly restartAfterMs?: number;
  readonly forMs?: number;
  readonly resume?: string;
  readonly groups?: readonly (readonly number[])[];
  readonly pairs?: readonly (readonly [number, number])[];
  readonly between?: readonly [number, number];
  readonly from?: number | readonly number[];
  readonly to?: number | readonly number[];
  readonly frames?: readonly string[];
  readonly probability?: number;
  readonly delay?: Delay;
  readonly upMs?: number;
  readonly downMs?: number;
  readonly jumpMs?: number;
  readonly driftPpm?: number;
  readonly ratePpm?: number;
  readonly turnMs?: number;
  readonly drop?: number;
  readonly duplicate?: number;
  readonly reorder?: number;
  readonly corrupt?: number;
}

/** What a fault does, without when: `node3 stands still for 2 s`. */
export function faultText(kind: string, detail: FaultDetail, nodeIds: readonly string[]): string {
  const describe = Object.hasOwn(SENTENCES, kind) ? SENTENCES[kind] : undefined;
  if (describe === undefined) return kind;
  const { forMs } = detail;
  const text = describe(detail, new Names(nodeIds));
  return forMs === undefined ? text : `${text}, for ${spanText(forMs)}`;
}

type Sentence = (detail: FaultDetail, names: Names) => string;

class Names {
  readonly #nodeIds: readonly string[];

  constructor(nodeIds: readonly string[]) {
    this.#nodeIds = nodeIds;
  }

  one(node: number | undefined): string {
    return nodeName(this.#nodeIds[node ?? -1] ?? `node ${node}`);
  }

  all(nodes: number | readonly number[] | undefined): string {
    if (nodes === undefined) return 'everybody';
    const names = [nodes].flat().map((node) => this.one(node));
    const shown = names.slice(0, NAMES_MAX).join(' ');
    return names.length > NAMES_MAX ? `${shown} and ${names.length - NAMES_MAX} more` : shown;
  }

  way({ from, to }: FaultDetail): string {
    if (from === undefined && to === undefined) return 'everywhere';
    return `${this.all(from)} -> ${this.all(to)}`;
  }
}

const SENTENCES: Readonly<Record<string, Sentence>> = {
  crash: ({ node, mode, afterOutputs, restartAfterMs }, names) => {
    const how =
      mode === undefined ? 'crashes' : mode === 'silent' ? 'falls silent' : 'dies, its links close';
    const after = afterOutputs === undefined ? '' : ` after ${afterOutputs} outputs of a turn`;
    return `${names.one(node)} ${how}${after}${backText(restartAfterMs)}`;
  },
  restart: ({ node }, names) => `${names.one(node)} starts again`,
  leave: ({ node, restartAfterMs }, names) =>
    `${names.one(node)} leaves on its own terms${backText(restartAfterMs)}`,
  pause: ({ node, resume }, names) => {
    const first = resume === undefined ? '' : `, ${resume} first when it goes on`;
    return `${names.one(node)} stands still${first}`;
  },
  resume: ({ node }, names) => `${names.one(node)} goes on`,
  partition: ({ groups = [] }, names) => groups.map((group) => names.all(group)).join(' | '),
  'one-way': (detail, names) => `${names.way(detail)} is cut, the other way is open`,
  cut: ({ pairs = [] }, names) => {
    return pairs.map(([left, right]) => `${names.one(left)} x ${names.one(right)}`).join(', ');
  },
  'frame-loss': (detail, names) => {
    const { frames = [], probability } = detail;
    return `${percent(probability)} of ${frames.join(', ')} get lost, ${names.way(detail)}`;
  },
  latency: (detail, names) => `${delayText(detail.delay)} more, ${names.way(detail)}`,
  clog: (detail, names) => `${names.way(detail)} carries nothing`,
  flap: ({ between: [left, right] = [-1, -1], upMs, downMs }, names) => {
    const turns =
      upMs === undefined || downMs === undefined
        ? ''
        : `, ${spanText(upMs)} there and ${spanText(downMs)} gone`;
    return `${names.one(left)} x ${names.one(right)} comes and goes${turns}`;
  },
  clock: ({ node, jumpMs, driftPpm, ratePpm }, names) => {
    const parts = [
      ...(jumpMs === undefined ? [] : [`jumps by ${jumpMs} ms`]),
      ...(driftPpm === undefined ? [] : [`drifts by ${driftPpm} ppm`]),
    ];
    const wall = `the wall clock of ${names.one(node)} ${parts.join(' and ') || 'goes wrong'}`;
    if (ratePpm === undefined) return wall;
    const rate = `time on ${names.one(node)} passes ${Math.abs(ratePpm)} ppm too `;
    return `${rate}${ratePpm < 0 ? 'slowly' : 'fast'}${parts.length === 0 ? '' : `, ${wall}`}`;
  },
  slow: ({ node, turnMs }, names) =>
    `${names.one(node)} takes ${turnMs === undefined ? 'long' : spanText(turnMs)} for each turn`,
  datagram: (detail, names) => {
    const parts = (['drop', 'duplicate', 'reorder', 'corrupt'] as const).flatMap((what) => {
      const share = detail[what];
      return share === undefined ? [] : [`${what} ${percent(share)}`];
    });
    return `no TCP: ${parts.join(', ')}, ${names.way(detail)}`;
  },
};

function backText(restartAfterMs: number | undefined): string {
  return restartAfterMs === undefined ? '' : `, back after ${spanText(restartAfterMs)}`;
}

function percent(share: number | undefined): string {
  return `${Number(((share ?? 1) * 100).toFixed(1))}%`;
}

function delayText(delay: Delay | undefined): string {
  switch (delay?.kind) {
    case undefined:
      return 'a little';
    case 'constant':
      return `${delay.ms} ms`;
    case 'uniform':
      return `${delay.minMs} to ${delay.maxMs} ms`;
    case 'exponential':
      return `about ${delay.meanMs} ms`;
    case 'bimodal':
      return `${delay.fastMs} ms, or ${delay.slowMs} ms for ${percent(delay.slowShare)},`;
  }
}

const NAMES_MAX = 12;
