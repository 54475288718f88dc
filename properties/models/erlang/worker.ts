import { initOutcome, type ScenarioChild } from '../../otp/scenario.js';
import type { Term } from '../../otp/term.js';
import type { TraceRecorder } from '../../otp/trace.js';
import { anything, forever, sleep, type Machine, type Process, type Program } from './machine.js';

/** A server that traps exits, and behaves as its plan says. */
export function* worker(
  { machine, trace }: { readonly machine: Machine; readonly trace: TraceRecorder },
  self: Process,
  parent: Process,
  plan: ScenarioChild,
): Program {
  const { inc } = self.name;
  const traps = plan.trap_exit !== false;
  self.trapsExits = traps;
  self.hasLived = true;
  yield* sleep(plan.init_delay_ms?.[inc] ?? 0);
  const outcome = initOutcome(plan.init, inc);
  if (outcome.kind === 'ignore') {
    self.hasLived = false;
    trace.event('init_ignore', self.name);
    return decline(machine, self, parent, 'ignore');
  }
  if (outcome.kind === 'fail') {
    self.hasLived = false;
    trace.event('init_fail', self.name, outcome.reason);
    return decline(machine, self, parent, { error: outcome.reason });
  }
  trace.event('init', self.name);
  const planned = plan.exit_after_ms?.[inc];
  if (planned !== undefined) {
    const [delayMs, reason] = planned;
    machine.after(delayMs, self, () => machine.send(self, { kind: 'leave', reason }));
  }
  machine.send(parent, { kind: 'started', from: self, result: 'ok' });
  for (;;) {
    const message = yield { fits: anything };
    if (message?.kind === 'leave') {
      trace.event('terminate', self.name, message.reason);
      return message.reason;
    }
    if (message?.kind !== 'exit' || message.from !== parent) continue;
    trace.event('terminate', self.name, message.reason);
    if (plan.ignores_shutdown === true) yield* forever();
    const { delay_ms = 0, exit = message.reason } = plan.on_shutdown ?? {};
    yield* sleep(delay_ms);
    return exit;
  }
}

/** Ends before it lived; its parent hears of it, and of nothing else. */
export function decline(
  machine: Machine,
  self: Process,
  parent: Process,
  result: 'ignore' | { readonly error: Term },
): Term {
  parent.links.delete(self);
  self.links.clear();
  machine.send(parent, { kind: 'started', from: self, result });
  return 'normal';
}
