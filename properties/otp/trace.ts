import { compareCodeUnits } from '../../src/base/compare.js';
import type { Term } from './term.js';

export interface TraceEvent {
  readonly ev: 'sup_init' | 'init' | 'init_fail' | 'init_ignore' | 'terminate' | 'exit';
  readonly id: string;
  readonly inc: number;
  readonly reason?: Term;
  step: number;
}

export interface TraceReport {
  readonly child: string;
  readonly context: string;
  readonly reason: Term;
  readonly sup: string;
  step: number;
}

export interface Trace {
  readonly name: string;
  readonly events: readonly TraceEvent[];
  readonly reports: readonly TraceReport[];
  readonly steps: readonly Readonly<Record<string, unknown>>[];
  readonly final: Readonly<Record<string, unknown>>;
}

/** Collects what happens. What happens in a step that does not settle belongs to the next one. */
export class TraceRecorder {
  readonly events: TraceEvent[] = [];
  readonly reports: TraceReport[] = [];

  event(ev: TraceEvent['ev'], name: Name, reason?: Term): TraceEvent {
    const bare = { ev, id: name.id, inc: name.inc, step: UNSETTLED };
    const event: TraceEvent = reason === undefined ? bare : { ...bare, reason };
    this.events.push(event);
    return event;
  }

  report(report: Omit<TraceReport, 'step'>): void {
    this.reports.push({ ...report, step: UNSETTLED });
  }

  settle(step: number): void {
    for (const event of this.events) if (event.step === UNSETTLED) event.step = step;
    for (const report of this.reports) if (report.step === UNSETTLED) report.step = step;
  }

  /** Sorts by name what was recorded since `mark`: it happened side by side, in no order. */
  sortSince(mark: number): void {
    const tail = this.events.splice(mark);
    tail.sort((a, b) => compareCodeUnits(a.id, b.id) || a.inc - b.inc);
    this.events.push(...tail);
  }
}

/** The `inc`-th incarnation of the process at path `id`. */
export interface Name {
  readonly id: string;
  readonly inc: number;
}

export function pidText({ id, inc }: Name): string {
  return `${id}#${inc}`;
}

export const UNSETTLED = -1;
