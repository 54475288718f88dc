import {
  type Context,
  type GenServerBehavior,
  type GenServerRef,
  GlobalRegistry,
} from '../../src/index.js';
import type { LedgerCommand } from '../../src/tasks/ledger-server.js';
import type { Claim, Verdict } from '../../src/tasks/ledger.js';
import type { AssignTask } from '../../src/tasks/protocol.js';

/** The name under which every node finds the coordinator. */
export const COORDINATOR = 'coordinator';

export type CoordinatorRef = GenServerRef<unknown, LedgerCommand, unknown, unknown>;

export interface SimulatedTask {
  readonly taskId: string;
  readonly taskType: string;
  /** How long it takes. */
  readonly workMs: number;
}

interface WorkerState {
  readonly claim: Claim | undefined;
  readonly leftMs: number;
}

/**
 * A worker on a node: asks, works, renews its lease while it works, and keeps its result until it
 * is acknowledged, however often it has to send it.
 */
export function taskWorker(
  workerId: string,
  taskTypes: readonly string[],
): GenServerBehavior<WorkerState, never, 'begin', never> {
  return {
    init: () => IDLE,
    handleCall: (_message, state) => [undefined as never, state],
    handleCast: (_begin, state, context) => {
      context.sendAfter('step', 0);
      return state;
    },
    handleInfo: async (_step: unknown, state, context) => {
      try {
        const [next, pauseMs] = await step({ workerId, taskTypes }, state, context);
        context.sendAfter('step', pauseMs);
        return next;
      } catch {
        // Out of reach: nothing is forgotten, and all is tried again.
        context.sendAfter('step', RETRY_MS);
        return state;
      }
    },
  };
}

async function step(
  asking: { readonly workerId: string; readonly taskTypes: readonly string[] },
  { claim, leftMs }: WorkerState,
  context: Context,
): Promise<[WorkerState, number]> {
  if (claim === undefined) {
    const assigned = (await ask(context, { kind: 'assign', asking })) as AssignTask | undefined;
    if (assigned === undefined) return [IDLE, IDLE_MS];
    const { taskId, workMs } = assigned.task as unknown as SimulatedTask;
    const { workerId } = asking;
    const next = { claim: { taskId, attempt: assigned.attempt, workerId }, leftMs: workMs };
    return [next, Math.min(workMs, RENEW_MS)];
  }
  const restMs = leftMs - RENEW_MS;
  if (restMs > 0) {
    await ask(context, { kind: 'renew', claims: [claim] });
    return [{ claim, leftMs: restMs }, Math.min(restMs, RENEW_MS)];
  }
  // Now and then it is sent twice: the second one is a duplicate.
  const result = `by ${claim.workerId} at try ${claim.attempt}`;
  const told = (await ask(context, { kind: 'complete', claim, result })) as Verdict;
  if (told.kind === 'accepted' && leftMs % 2 === 0) {
    await ask(context, { kind: 'complete', claim, result: 'again' });
  }
  return [IDLE, 0];
}

function ask(context: Context, command: LedgerCommand): Promise<unknown> {
  const coordinator = GlobalRegistry.lookup(COORDINATOR) as CoordinatorRef;
  return context.call(coordinator, command, { timeout: 1000 });
}

const IDLE: WorkerState = { claim: undefined, leftMs: 0 };
const RETRY_MS = 300;
const IDLE_MS = 200;
const RENEW_MS = 500;
