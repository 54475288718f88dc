import type { Scenario } from '../scenarios/scenario.js';
import type { SimReport } from '../simulate.js';
import { htmlReport } from './html/html-report.js';
import { ndjsonTrace } from './ndjson.js';
import { shivizLog } from './shiviz.js';
import type { RunSummary } from './summary.js';

/** A run that is over, with everything that a trace file tells of it. */
export interface TracedRun {
  /** Of a run that kept every entry (`keepEntries: Infinity`). */
  readonly report: SimReport;
  readonly scenario: Scenario;
  readonly summary: RunSummary;
  /** The command that makes the same run again. */
  readonly replay: string;
}

export type TraceFormat = (typeof TRACE_FORMATS)[number];

export const TRACE_FORMATS = ['html', 'ndjson', 'shiviz'] as const;

/**
 * The whole run as the text of one file. Nothing of the machine that made the run is in it, so the
 * same run gives the same text.
 */
export function traceFileOf(format: TraceFormat, run: TracedRun): string {
  return WRITERS[format](run);
}

/** The format that the end of a file's name asks for; `undefined` when it asks for none. */
export function traceFormatOf(file: string): TraceFormat | undefined {
  return TRACE_FORMATS.find((format) => file.endsWith(`.${format}`));
}

const WRITERS: Readonly<Record<TraceFormat, (run: TracedRun) => string>> = {
  html: htmlReport,
  ndjson: ndjsonTrace,
  shiviz: shivizLog,
};
