import { unreachable } from '../../base/assert.js';
import { type Assignment, outcomeOf, type TaskResult, workMs } from './task.js';

export interface WorkerState {
  readonly id: string;
  /** 1 is normal; at 2 a task takes half the time. */
  readonly speed: number;
  readonly processed: number;
  readonly phase: Phase;
}

type Phase =
  /** Asks for work until some comes, and says what it did last. */
  | { readonly kind: 'idle'; readonly done: Assignment | undefined }
  | { readonly kind: 'working'; readonly assignment: Assignment }
  /** Reports until the result is counted. */
  | { readonly kind: 'reporting'; readonly assignment: Assignment; readonly result: TaskResult };

export type WorkerEvent =
  /** Time to say again what may have got lost. */
  | { readonly type: 'tick' }
  | { readonly type: 'work'; readonly assignment: Assignment }
  | { readonly type: 'finished'; readonly assignmentId: string }
  | { readonly type: 'counted'; readonly assignmentId: string }
  | { readonly type: 'speed'; readonly speed: number };

export type WorkerEffect =
  | { readonly kind: 'pull'; readonly done: Assignment | undefined }
  | { readonly kind: 'begin'; readonly assignmentId: string; readonly forMs: number }
  | { readonly kind: 'report'; readonly assignmentId: string; readonly result: TaskResult };

/** A worker without work. */
export function newWorker(id: string): WorkerState {
  return { id, speed: 1, processed: 0, phase: { kind: 'idle', done: undefined } };
}

/**
 * A worker asks for a task, does it, reports until its result is counted, and asks for the next. It
 * repeats what it said last at each tick, so that any message may get lost.
 */
export function stepWorker(
  state: WorkerState,
  event: WorkerEvent,
): readonly [WorkerState, readonly WorkerEffect[]] {
  const { phase } = state;
  switch (event.type) {
    case 'tick':
      return [state, said(phase)];
    case 'speed':
      // An idle one tells its new speed at once, by asking again.
      return [{ ...state, speed: event.speed }, phase.kind === 'idle' ? said(phase) : []];
    case 'work': {
      const { assignment } = event;
      // It comes again when it was asked for again.
      if (phase.kind !== 'idle' || phase.done?.id === assignment.id) return [state, []];
      const forMs = workMs(assignment.task) / state.speed;
      const begin: WorkerEffect = { kind: 'begin', assignmentId: assignment.id, forMs };
      return [{ ...state, phase: { kind: 'working', assignment } }, [begin]];
    }
    case 'finished': {
      if (phase.kind !== 'working' || phase.assignment.id !== event.assignmentId)
        return [state, []];
      const { assignment } = phase;
      const next: Phase = { kind: 'reporting', assignment, result: resultOf(state, assignment) };
      return [{ ...state, processed: state.processed + 1, phase: next }, said(next)];
    }
    case 'counted': {
      if (phase.kind !== 'reporting' || phase.assignment.id !== event.assignmentId) {
        return [state, []];
      }
      const next: Phase = { kind: 'idle', done: phase.assignment };
      return [{ ...state, phase: next }, said(next)];
    }
    default:
      return unreachable(event);
  }
}

function said(phase: Phase): readonly WorkerEffect[] {
  switch (phase.kind) {
    case 'idle':
      return [{ kind: 'pull', done: phase.done }];
    case 'working':
      return [];
    case 'reporting':
      return [{ kind: 'report', assignmentId: phase.assignment.id, result: phase.result }];
  }
}

function resultOf({ id }: WorkerState, { queueId, task, attempt }: Assignment): TaskResult {
  const { id: taskId, payload } = task;
  return { queueId, taskId, payload, attempt, workerId: id, outcome: outcomeOf(task) };
}
