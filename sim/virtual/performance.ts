import type { Clock } from '../../src/platform/platform.js';
import { forbidden } from './forbidden.js';

interface Entry {
  readonly name: string;
  readonly entryType: 'mark' | 'measure';
  readonly startTime: number;
  readonly duration: number;
  readonly detail: unknown;
}

interface MarkOptions {
  readonly startTime?: number;
  readonly detail?: unknown;
}

interface MeasureOptions {
  readonly start?: string | number;
  readonly end?: string | number;
  readonly duration?: number;
  readonly detail?: unknown;
}

/** `performance` on the node's monotonic clock, with marks and measures. */
export function virtualPerformance(clock: Clock, startMs: number): Record<string, unknown> {
  const now = (): number => clock.nowMs() - startMs;
  const timeOrigin = clock.wallMs();
  const idle = { idle: 0, active: 0, utilization: 0 };
  return {
    ...marksOf(now),
    now,
    timeOrigin,
    toJSON: () => ({ timeOrigin, eventLoopUtilization: idle }),
    timerify: <F>(run: F): F => run,
    eventLoopUtilization: () => ({ ...idle }),
    clearResourceTimings: () => undefined,
    setResourceTimingBufferSize: () => undefined,
    markResourceTiming: forbidden('performance.markResourceTiming'),
  };
}

function marksOf(now: () => number): Record<string, unknown> {
  let entries: Entry[] = [];
  const keep = (entry: Entry): Entry => {
    entries.push(entry);
    return entry;
  };
  const timeOf = (at: string | number | undefined, otherwise: number): number => {
    if (typeof at !== 'string') return at ?? otherwise;
    const marked = entries.findLast(({ name, entryType }) => name === at && entryType === 'mark');
    if (marked === undefined)
      throw new SyntaxError(`The "${at}" performance mark has not been set`);
    return marked.startTime;
  };
  const clear = (type: Entry['entryType'], name?: string): void => {
    entries = entries.filter((entry) => {
      return entry.entryType !== type || (name !== undefined && entry.name !== name);
    });
  };
  const found = (is: (entry: Entry) => boolean): Entry[] =>
    entries.filter(is).sort((left, right) => left.startTime - right.startTime);
  return {
    mark: (name: string, { startTime = now(), detail = null }: MarkOptions = {}) =>
      keep({ name, entryType: 'mark', startTime, duration: 0, detail }),
    measure: (name: string, from?: string | MeasureOptions, to?: string) => {
      const given = typeof from === 'object' ? from : { start: from, end: to };
      const { detail = null, duration } = given as MeasureOptions;
      const endMs = timeOf(given.end, now());
      const startTime = timeOf(given.start, duration === undefined ? 0 : endMs - duration);
      const lasted = duration ?? endMs - startTime;
      return keep({ name, entryType: 'measure', startTime, duration: lasted, detail });
    },
    clearMarks: (name?: string) => clear('mark', name),
    clearMeasures: (name?: string) => clear('measure', name),
    getEntries: () => found(() => true),
    getEntriesByName: (of: string, type?: string) =>
      found(({ name, entryType }) => name === of && (type ?? entryType) === entryType),
    getEntriesByType: (type: string) => found(({ entryType }) => entryType === type),
  };
}
