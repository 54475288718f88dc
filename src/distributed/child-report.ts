import type { Codec } from '../cluster/codec.js';
import { packReason, readReason } from '../cluster/wire-reason.js';
import type { ExitReason } from '../runtime/exit-reason.js';
import { type Fence, readFence } from '../base/fence.js';

/** A child as its host names it to its owner's node. */
export interface ReportedChild {
  readonly childId: string;
  readonly fence: Fence;
  /** Absent while it is just starting. */
  readonly processId?: string | undefined;
}

/** How an incarnation of a child ended, in the words of its host. */
export interface ChildEnd extends ReportedChild {
  /** What ran under the fence. */
  readonly processId: string;
  readonly reason: ExitReason;
}

/** What a host tells an owner's node when they join, or rejoin. */
export interface HostReport {
  /** What runs, or is just starting. */
  readonly running: readonly ReportedChild[];
  /** What ended lately: the news may have been on a link that broke. */
  readonly ended: readonly ChildEnd[];
}

/** What owners and hosts tell each other about children at any time. */
export interface ChildNews {
  /** To a host: these are not wanted any more. */
  readonly end: readonly Fence[];
  /** To a host: these go on under a new owner, the sender. */
  readonly adopted: readonly Adoption[];
  /** To an owner: these ended before they could be watched. */
  readonly ended: readonly ChildEnd[];
  /** To a new owner: all that the sender runs for that supervisor. */
  readonly hosting?: { readonly supervisorId: string; readonly report: HostReport } | undefined;
}

/** The fence that a child ran under, and the one that it runs under from now on. */
export interface Adoption {
  readonly from: Fence;
  readonly to: Fence;
}

/** As plain data that crosses whatever a reason holds. */
export function packReport({ running, ended }: HostReport, codec: Codec): unknown {
  return { running, ended: ended.map((end) => packEnd(end, codec)) };
}

/** As {@link packReport}. */
export function packNews(news: Partial<ChildNews>, codec: Codec): unknown {
  const { end = [], adopted = [], ended = [], hosting } = news;
  const told = { end, adopted, ended: ended.map((one) => packEnd(one, codec)) };
  if (hosting === undefined) return told;
  const { supervisorId, report } = hosting;
  return { ...told, hosting: { supervisorId, report: packReport(report, codec) } };
}

/** `undefined` when it is no report. Throws a typed error on a reason that is none. */
export function readReport(value: unknown, codec: Codec): HostReport | undefined {
  const fields = recordOf(value);
  const running = readAll(fields?.['running'], readChild);
  const ended = readAll(fields?.['ended'], (end) => readEnd(end, codec));
  return running === undefined || ended === undefined ? undefined : { running, ended };
}

/** `undefined` when it is no news. Throws a typed error on a reason that is none. */
export function readNews(value: unknown, codec: Codec): ChildNews | undefined {
  const fields = recordOf(value);
  const end = readAll(fields?.['end'], readFence);
  const ended = readAll(fields?.['ended'], (one) => readEnd(one, codec));
  const adopted = readAll(fields?.['adopted'], readAdoption);
  if (end === undefined || adopted === undefined || ended === undefined) return undefined;
  const said = fields?.['hosting'];
  if (said === undefined) return { end, adopted, ended };
  const hosting = readHosting(said, codec);
  return hosting === undefined ? undefined : { end, adopted, ended, hosting };
}

function readAdoption(value: unknown): Adoption | undefined {
  const fields = recordOf(value);
  const from = readFence(fields?.['from']);
  const to = readFence(fields?.['to']);
  return from === undefined || to === undefined ? undefined : { from, to };
}

function readHosting(value: unknown, codec: Codec): ChildNews['hosting'] {
  const { supervisorId, report } = recordOf(value) ?? {};
  const read = readReport(report, codec);
  if (typeof supervisorId !== 'string' || read === undefined) return undefined;
  return { supervisorId, report: read };
}

function packEnd({ reason, ...end }: ChildEnd, codec: Codec): unknown {
  // A copy: packed bytes lie in a buffer that others share.
  return { ...end, reason: new Uint8Array(packReason(codec, reason)) };
}

function readEnd(value: unknown, codec: Codec): ChildEnd | undefined {
  const child = readChild(value);
  const { processId, reason } = recordOf(value) ?? {};
  if (child === undefined || typeof processId !== 'string') return undefined;
  if (!(reason instanceof Uint8Array)) return undefined;
  return { ...child, processId, reason: readReason(codec, reason) };
}

function readChild(value: unknown): ReportedChild | undefined {
  const fields = recordOf(value);
  const fence = readFence(fields?.['fence']);
  const childId = fields?.['childId'];
  const processId = fields?.['processId'];
  if (fence === undefined || typeof childId !== 'string') return undefined;
  if (processId !== undefined && typeof processId !== 'string') return undefined;
  return processId === undefined ? { childId, fence } : { childId, fence, processId };
}

function readAll<Item>(
  value: unknown,
  readItem: (item: unknown) => Item | undefined,
): Item[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const items: Item[] = [];
  for (const one of value as unknown[]) {
    const item = readItem(one);
    if (item === undefined) return undefined;
    items.push(item);
  }
  return items;
}

function recordOf(value: unknown): Record<string, unknown> | undefined {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)
    : undefined;
}
