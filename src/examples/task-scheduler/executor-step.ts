import { unreachable } from '../../base/assert.js';
import { type AttemptKey, isSameAttempt, type Json, succeeds, workMs } from './scheduled-task.js';

export interface ExecutorState {
  readonly id: string;
  readonly completedCount: number;
  readonly failedCount: number;
  readonly phase: ExecutorPhase;
}

export type ExecutorPhase =
  | { readonly kind: 'idle'; readonly last: AttemptKey | undefined }
  | { readonly kind: 'working'; readonly key: AttemptKey }
  /** Until the scheduler has it written down. */
  | { readonly kind: 'reporting'; readonly key: AttemptKey; readonly isDone: boolean };

export type ExecutorEvent =
  /** Time to say again what may have got lost. */
  | { readonly type: 'tick' }
  | {
      readonly type: 'execute';
      readonly key: AttemptKey;
      readonly name: string;
      readonly payload: Json;
    }
  | { readonly type: 'finished'; readonly key: AttemptKey }
  | { readonly type: 'acknowledged'; readonly key: AttemptKey };

export type ExecutorEffect =
  | {
      readonly kind: 'begin';
      readonly key: AttemptKey;
      readonly name: string;
      readonly forMs: number;
    }
  /** Ready for a task, or busy with this one. */
  | { readonly kind: 'ready'; readonly current: AttemptKey | undefined }
  | { readonly kind: 'completed'; readonly key: AttemptKey }
  | { readonly kind: 'failed'; readonly key: AttemptKey; readonly error: string };

export function newExecutor(id: string): ExecutorState {
  return { id, completedCount: 0, failedCount: 0, phase: { kind: 'idle', last: undefined } };
}

/**
 * An executor does one task at a time and reports it until the scheduler acknowledges. It says at
 * each tick where it stands: a scheduler that was restarted learns from it what is under way.
 */
export function stepExecutor(
  state: ExecutorState,
  event: ExecutorEvent,
): readonly [ExecutorState, readonly ExecutorEffect[]] {
  const { phase } = state;
  switch (event.type) {
    case 'tick':
      return [state, said(phase)];
    case 'execute': {
      const { key, name, payload } = event;
      const isKnown = phase.kind === 'idle' && phase.last && isSameAttempt(phase.last, key);
      if (phase.kind !== 'idle' || isKnown) return [state, said(phase)];
      const begin: ExecutorEffect = { kind: 'begin', key, name, forMs: workMs(key, payload) };
      return [{ ...state, phase: { kind: 'working', key } }, [begin]];
    }
    case 'finished': {
      if (phase.kind !== 'working' || !isSameAttempt(phase.key, event.key)) return [state, []];
      const isDone = succeeds(event.key);
      const next: ExecutorPhase = { kind: 'reporting', key: event.key, isDone };
      const completedCount = state.completedCount + (isDone ? 1 : 0);
      const failedCount = state.failedCount + (isDone ? 0 : 1);
      return [{ ...state, completedCount, failedCount, phase: next }, said(next)];
    }
    case 'acknowledged': {
      if (phase.kind !== 'reporting' || !isSameAttempt(phase.key, event.key)) return [state, []];
      const next: ExecutorPhase = { kind: 'idle', last: phase.key };
      return [{ ...state, phase: next }, said(next)];
    }
    default:
      return unreachable(event);
  }
}

function said(phase: ExecutorPhase): readonly ExecutorEffect[] {
  switch (phase.kind) {
    case 'idle':
      return [{ kind: 'ready', current: undefined }];
    case 'working':
      return [{ kind: 'ready', current: phase.key }];
    case 'reporting':
      return phase.isDone
        ? [{ kind: 'completed', key: phase.key }]
        : [{ kind: 'failed', key: phase.key, error: 'Simulated execution failure' }];
  }
}
