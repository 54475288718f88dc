import type { ChildPolicy } from './child-policy.js';
import type { Child } from './child.js';
import type { KernelCore } from './kernel-core.js';

/**
 * Takes every step that waits for nothing: stops first, from the last child to the first, then
 * starts, from the first to the last, each only after the one before was acknowledged.
 *
 * True when the supervisor is ending and nothing is left to stop.
 */
export function advance<Spec extends ChildPolicy, Handle>(core: KernelCore<Spec, Handle>): boolean {
  const { children, agenda } = core;
  for (;;) {
    // The children of a simple_one_for_one have no order: at the end all stop at once.
    const isTogether = core.phase === 'stopping' && core.isSimple;
    if (children.count('stopping') > 0 && !isTogether) return false;
    const doomed = agenda.nextStop();
    if (doomed !== undefined) stop(core, doomed);
    else if (core.phase === 'stopping') return children.count('stopping') === 0;
    else if (!startNext(core)) return false;
  }
}

function stop<Spec extends ChildPolicy, Handle>(
  core: KernelCore<Spec, Handle>,
  child: Child<Spec, Handle>,
): void {
  if (child.unheardExit === undefined) core.beginStop(child);
  else core.endAsFated(child, child.unheardExit);
}

/** Starts the next planned child, if all before it are up. False when there is nothing to do. */
function startNext<Spec extends ChildPolicy, Handle>(core: KernelCore<Spec, Handle>): boolean {
  const { children } = core;
  if (children.count('starting') + children.count('waiting') > 0) return false;
  const next = core.agenda.nextStart();
  if (next !== undefined) {
    core.beginStart(next);
  } else if (core.phase === 'starting' && children.count('restarting') === 0) {
    core.phase = 'running';
    core.emit({ kind: 'ready' });
  }
  return next !== undefined;
}
