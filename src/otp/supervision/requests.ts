import { unreachable } from '../../base/assert.js';
import type { ChildPolicy } from './child-policy.js';
import { viewOf, type Child } from './child.js';
import type { KernelCore } from './kernel-core.js';
import type { Request } from './kernel-event.js';

/**
 * Serves one request whose turn has come: its child is neither starting nor stopping.
 *
 * Requests are free of charge: they use no restart budget, are not retried, and trigger no
 * auto-shutdown.
 */
export function serve<Spec extends ChildPolicy, Handle>(
  core: KernelCore<Spec, Handle>,
  request: Request<Spec>,
): void {
  switch (request.kind) {
    case 'startChild':
      startChild(core, request.spec, request.token);
      break;
    case 'terminateChild':
      terminateChild(core, request.id, request.token);
      break;
    case 'restartChild':
      restartChild(core, request.id, request.token);
      break;
    case 'replaceChild':
      replaceChild(core, request.id, request.token);
      break;
    case 'deleteChild':
      deleteChild(core, request.id, request.token);
      break;
    case 'inspect': {
      const { token } = request;
      core.emit({ kind: 'inspected', token, children: Array.from(core.children, viewOf) });
      break;
    }
    default:
      return unreachable(request);
  }
}

function startChild<Spec extends ChildPolicy, Handle>(
  core: KernelCore<Spec, Handle>,
  spec: Spec,
  token: number,
): void {
  const present = core.children.get(spec.id);
  if (present !== undefined) {
    const { handle } = present;
    const isRunning = present.status === 'running';
    core.refuse(token, isRunning ? { kind: 'alreadyStarted', handle } : { kind: 'alreadyPresent' });
    return;
  }
  const child = core.children.add(spec);
  child.request = { kind: 'startChild', token };
  core.beginStart(child);
}

function terminateChild<Spec extends ChildPolicy, Handle>(
  core: KernelCore<Spec, Handle>,
  id: string,
  token: number,
): void {
  const child = core.children.get(id);
  if (child === undefined) {
    core.refuse(token, { kind: 'notFound' });
    return;
  }
  // A start that was asked for and has been put off by a restart before it: it never comes.
  const isNew = child.request?.kind === 'startChild';
  const failure = { kind: 'failed', reason: 'shutdown' } as const;
  core.refuseRequest(child, { kind: 'startFailed', failure });
  const forget = isNew || !core.options.strict || child.spec.restart === 'temporary';
  child.request = { kind: 'terminateChild', token };
  if (child.status !== 'running') {
    core.replyOk(child, undefined);
    core.rest(child, forget);
    return;
  }
  child.fate = forget ? 'remove' : 'stop';
  if (child.unheardExit !== undefined) {
    core.endAsFated(child, child.unheardExit);
    return;
  }
  core.beginStop(child);
}

function restartChild<Spec extends ChildPolicy, Handle>(
  core: KernelCore<Spec, Handle>,
  id: string,
  token: number,
): void {
  const child = takeAtRest(core, id, token);
  if (child === undefined) return;
  child.request = { kind: 'restartChild', token };
  core.beginStart(child);
}

/**
 * Stops a child, if it runs, and starts it. Unlike one that was at rest, it is wanted whatever
 * becomes of the start: the caller is told that it failed, and then it is a restart like any other.
 */
function replaceChild<Spec extends ChildPolicy, Handle>(
  core: KernelCore<Spec, Handle>,
  id: string,
  token: number,
): void {
  const child = core.children.get(id);
  if (child?.status !== 'running') {
    restartChild(core, id, token);
    return;
  }
  child.request = { kind: 'replaceChild', token };
  child.fate = 'restart';
  if (child.unheardExit === undefined) core.beginStop(child);
  else core.endAsFated(child, child.unheardExit);
}

function deleteChild<Spec extends ChildPolicy, Handle>(
  core: KernelCore<Spec, Handle>,
  id: string,
  token: number,
): void {
  const child = takeAtRest(core, id, token);
  if (child === undefined) return;
  core.children.remove(child);
  core.accept(token, undefined);
}

/** The child to start or to forget. One that is anything but at rest is refused. */
function takeAtRest<Spec extends ChildPolicy, Handle>(
  core: KernelCore<Spec, Handle>,
  id: string,
  token: number,
): Child<Spec, Handle> | undefined {
  const child = core.children.get(id);
  if (child?.status === 'stopped' && child.request === undefined) return child;
  if (child === undefined) core.refuse(token, { kind: 'notFound' });
  else core.refuse(token, { kind: child.status === 'running' ? 'running' : 'restarting' });
  return undefined;
}
