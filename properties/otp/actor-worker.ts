import type { GenServerRef } from '../../src/otp/behavior.js';
import { startServer } from '../../src/otp/gen-server.js';
import { sleep } from '../../src/platform/run-virtual.js';
import { ProcessKilledError, type TerminateReason } from '../../src/runtime/exit-reason.js';
import type { Actor } from './actor.js';
import { initOutcome } from './scenario.js';
import type { Stage } from './stage.js';
import { termError, toReason, toTerm, type Term } from './term.js';
import { START_RAISED } from './worker.js';

/** Starts a real server that behaves as its scenario says; nothing runs when it is ignored. */
export async function startWorker(stage: Stage, actor: Actor): Promise<GenServerRef | undefined> {
  const { plan, name } = actor;
  const outcome = initOutcome(plan.init, name.inc);
  const delayMs = plan.init_delay_ms?.[name.inc] ?? 0;
  if (outcome.kind === 'raise' || outcome.kind === 'ignore') {
    if (delayMs > 0) await sleep(stage.platform, delayMs);
    if (outcome.kind === 'raise') throw termError(START_RAISED);
    stage.event(actor, 'init_ignore');
    return undefined;
  }
  const begin = (): null => {
    // Nothing stops JavaScript half-way: the init of a killed process runs on, and means nothing.
    if (!actor.isAlive) return null;
    if (outcome.kind === 'fail') {
      actor.hasLived = false;
      stage.event(actor, 'init_fail', outcome.reason);
      throw termError(outcome.reason);
    }
    stage.event(actor, 'init');
    planExit(stage, actor);
    return null;
  };
  const behavior = {
    init: () => (delayMs > 0 ? sleep(stage.platform, delayMs).then(begin) : begin()),
    handleCall: (_message: unknown, state: null) => [null, state] as const,
    handleCast: (_message: unknown, state: null) => state,
    handleInfo: (message: unknown, state: null) => {
      if (message instanceof Leave) leave(stage, actor, message.reason);
      return state;
    },
    terminate: (reason: TerminateReason) => terminate(stage, actor, termOf(reason)),
  };
  actor.hasLived = true;
  const trapExit = plan.trap_exit !== false;
  const options = { initTimeout: Infinity, trapExit };
  return await stage.enter(actor, () => startServer(stage.runtime, behavior, options));
}

/** Tells a worker to end. */
class Leave {
  constructor(readonly reason: Term) {}
}

/** The worker ends by its own doing. */
export function leave(stage: Stage, actor: Actor | undefined, reason: Term): void {
  const process = stage.processOf(actor);
  if (actor === undefined || process === undefined || actor.plan.sup !== undefined) return;
  // One that is still in its init comes to it later, as to any other message.
  if (process.status === 'starting') process.post({ kind: 'info', message: new Leave(reason) });
  if (process.status !== 'running') return;
  actor.leaves = true;
  stage.event(actor, 'terminate', reason);
  process.exit(toReason(reason));
}

function planExit(stage: Stage, actor: Actor): void {
  const planned = actor.plan.exit_after_ms?.[actor.name.inc];
  if (planned === undefined) return;
  const [delayMs, reason] = planned;
  actor.onExit.push(stage.plan(delayMs, () => leave(stage, actor, reason)));
}

/** The last words of a worker that others end. */
function terminate(stage: Stage, actor: Actor, reason: Term): void | Promise<void> {
  const { plan } = actor;
  if (actor.leaves || plan.trap_exit === false) return;
  stage.event(actor, 'terminate', reason);
  if (plan.ignores_shutdown === true) return new Promise<never>(() => undefined);
  const { delay_ms = 0, exit } = plan.on_shutdown ?? {};
  const finish = (): void => {
    if (exit !== undefined) stage.processOf(actor)?.finish(toReason(exit));
  };
  return delay_ms > 0 ? sleep(stage.platform, delay_ms).then(finish) : finish();
}

function termOf(reason: TerminateReason): Term {
  const isKill = typeof reason === 'object' && reason.error instanceof ProcessKilledError;
  return isKill ? 'killed' : toTerm(reason);
}
