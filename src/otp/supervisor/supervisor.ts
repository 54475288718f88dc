import { here } from '../../runtime/default-runtime.js';
import { ServerNotRunningError } from '../../runtime/call-error.js';
import type { Runtime } from '../../runtime/runtime.js';
import type { ServiceKey } from '../../runtime/service.js';
import { call } from '../call.js';
import {
  type ChildRef,
  type ChildSpec,
  type ChildTemplate,
  DEFAULT_INTENSITY,
  type LocalChild,
  type RestartBackoffOptions,
  type RestartIntensity,
  type SupervisorRef,
  type SupervisorStrategy,
  checkAutoShutdown,
  checkBackoff,
  checkChildSpec,
  checkIntensity,
  checkStrategy,
} from '../child-spec.js';
import { stopServer } from '../gen-server.js';
import { checkArray, checkFunction, checkName, checkRef } from '../option.js';
import { AlreadyRegisteredError, NAMES } from '../registry.js';
import type { AutoShutdown } from '../supervision/child-policy.js';
import type { ChildStatus } from '../supervision/child.js';
import {
  DuplicateChildError,
  InvalidSimpleOneForOneConfigError,
  type MaxRestartsExceededError,
  MissingChildTemplateError,
} from './supervisor-error.js';
import type { SupervisorEvent, SupervisorEventHandler } from './supervisor-event.js';
import { type ChildSnapshot, SupervisorHost } from './supervisor-host.js';
import { SupervisorRequest, SupervisorRequestFailure } from './supervisor-request.js';

/** How a supervisor is started. All of it is checked before anything starts. */
export interface SupervisorOptions {
  /** `one_for_one` by default. */
  readonly strategy?: SupervisorStrategy;
  /** Started in this order, each after the one before it. */
  readonly children?: readonly ChildSpec[];
  /** For `simple_one_for_one`, which takes no `children`. */
  readonly childTemplate?: ChildTemplate;
  /** 3 restarts within 5000 ms by default. */
  readonly restartIntensity?: RestartIntensity;
  /** `never` by default. */
  readonly autoShutdown?: AutoShutdown;
  /** Registers the supervisor under this name on its node. */
  readonly name?: string;
  /**
   * Erlang's rules to the letter: `terminateChild` keeps the spec, and a permanent child can't be
   * significant.
   */
  readonly strict?: boolean;
  /**
   * Pauses before a restart that follows others in the window of `restartIntensity`; the child is
   * `restarting` meanwhile, and under a group strategy the others run on. Off by default: this is
   * our own addition, Erlang's supervisor never waits.
   */
  readonly restartBackoff?: RestartBackoffOptions;
}

/** A child as it is now. */
export interface ChildInfo {
  readonly id: string;
  /** The running child; `undefined` while it is stopped or being restarted. */
  readonly ref: ChildRef | undefined;
  readonly spec: ChildSpec;
  readonly restartCount: number;
  readonly status: ChildStatus;
}

/** Starts, watches and restarts the processes of one node, as Erlang's supervisor does. */
export class Supervisors {
  readonly #runtime: Runtime;
  readonly #hosts = new Map<string, SupervisorHost>();
  readonly #templates = new Map<string, ChildTemplate>();
  readonly #childCounts = new Map<string, number>();
  readonly #exceeded = new Map<string, MaxRestartsExceededError>();
  readonly #handlers = new Set<SupervisorEventHandler>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.listenToLives({
      ended: (process, reason) => {
        const host = this.#hosts.get(process.id);
        if (host === undefined) return;
        host.over(reason);
        this.#forget(process.id, host);
      },
    });
  }

  /** Resolves once all children run. When one fails, those before it are stopped in reverse. */
  start(options: SupervisorOptions = {}): Promise<SupervisorRef> {
    const runtime = this.#runtime;
    const id = runtime.ids.next('supervisor');
    const hostOptions = checkOptions(id, options);
    const names = runtime.use(NAMES);
    const { name, childTemplate } = options;
    if (name !== undefined && names.isRegistered(name)) throw new AlreadyRegisteredError(name);
    const host = new SupervisorHost(runtime, { id }, { ...hostOptions, tell: this.#tell });
    this.#hosts.set(id, host);
    if (childTemplate !== undefined) this.#templates.set(id, childTemplate);
    runtime.spawn(
      { id, label: name ?? 'Supervisor', receiver: host, trapExit: true },
      { started: () => undefined, failed: () => undefined },
    );
    if (name !== undefined) names.register(name, { id });
    return host.ready.promise;
  }

  /** Stops the children in reverse order, then the supervisor. */
  stop(ref: SupervisorRef, reason: 'normal' | 'shutdown' = 'normal'): Promise<void> {
    return stopServer(this.#runtime, ref, reason);
  }

  /** Adds a child after all others, or one more of a template with `args`. */
  async startChild(ref: SupervisorRef, child: ChildSpec | readonly unknown[]): Promise<ChildRef> {
    const spec = this.#specOf(ref, child);
    return (await this.#ask(ref, spec.id, { kind: 'startChild', spec })) as ChildRef;
  }

  /** Stops a child for good. Unless `strict`, its spec goes too. */
  async terminateChild(ref: SupervisorRef, childId: string): Promise<void> {
    await this.#ask(ref, childId, { kind: 'terminateChild', id: childId });
  }

  /**
   * Starts a child that is stopped. Rejects for `simple_one_for_one`, whose children are forgotten
   * when they stop.
   */
  async restartChild(ref: SupervisorRef, childId: string): Promise<ChildRef> {
    this.#refuseSimple(ref, 'restartChild');
    return (await this.#ask(ref, childId, { kind: 'restartChild', id: childId })) as ChildRef;
  }

  /** Forgets the spec of a child that is stopped. */
  async deleteChild(ref: SupervisorRef, childId: string): Promise<void> {
    this.#refuseSimple(ref, 'deleteChild');
    await this.#ask(ref, childId, { kind: 'deleteChild', id: childId });
  }

  /** All children in start order. */
  getChildren(ref: SupervisorRef): ChildInfo[] {
    return [...this.#host(ref).kernel.children()].map(infoOf);
  }

  getChild(ref: SupervisorRef, childId: string): ChildInfo | undefined {
    const child = this.#host(ref).kernel.child(childId);
    return child === undefined ? undefined : infoOf(child);
  }

  countChildren(ref: SupervisorRef): number {
    return this.#host(ref).kernel.childCount;
  }

  isRunning(ref: SupervisorRef): boolean {
    checkRef(ref);
    return this.#hosts.has(ref.id);
  }

  onLifecycleEvent(handler: SupervisorEventHandler): () => void {
    checkFunction('the handler', handler);
    const own: SupervisorEventHandler = (event) => handler(event);
    this.#handlers.add(own);
    return () => this.#handlers.delete(own);
  }

  #host(ref: SupervisorRef): SupervisorHost {
    checkRef(ref);
    const host = this.#hosts.get(ref.id);
    if (host !== undefined) return host;
    throw this.#exceeded.get(ref.id) ?? new ServerNotRunningError(ref.id);
  }

  async #ask(
    ref: SupervisorRef,
    childId: string,
    request: SupervisorRequest['body'],
  ): Promise<unknown> {
    this.#host(ref);
    checkName('the id of a child', childId);
    try {
      return await call(this.#runtime, ref, new SupervisorRequest(request), { timeout: Infinity });
    } catch (error) {
      const isFailure = error instanceof SupervisorRequestFailure;
      if (isFailure && error.failure.kind !== 'ended') throw error.about(childId);
      if (!isFailure && !(error instanceof ServerNotRunningError)) throw error;
      throw this.#exceeded.get(ref.id) ?? new ServerNotRunningError(ref.id);
    }
  }

  #refuseSimple(ref: SupervisorRef, act: string): void {
    if (this.#host(ref).options.strategy !== 'simple_one_for_one') return;
    throw new InvalidSimpleOneForOneConfigError(ref.id, `its children can't be given to ${act}`);
  }

  #specOf(ref: SupervisorRef, child: ChildSpec | readonly unknown[]): LocalChild {
    const { options } = this.#host(ref);
    if (options.strategy !== 'simple_one_for_one') {
      return checkChildSpec(child as ChildSpec, options);
    }
    if (!Array.isArray(child)) {
      throw new InvalidSimpleOneForOneConfigError(ref.id, 'startChild takes an array of arguments');
    }
    const args: readonly unknown[] = child;
    const template = this.#templates.get(ref.id) as ChildTemplate;
    const count = (this.#childCounts.get(ref.id) ?? 0) + 1;
    this.#childCounts.set(ref.id, count);
    const spec = { ...template, id: `child_${count}`, start: () => template.start(...args) };
    return checkChildSpec(spec, options);
  }

  #forget(id: string, host: SupervisorHost): void {
    this.#hosts.delete(id);
    this.#templates.delete(id);
    this.#childCounts.delete(id);
    if (host.exceeded === undefined) return;
    this.#exceeded.set(id, host.exceeded);
    const [oldest] = this.#exceeded.keys();
    if (this.#exceeded.size > REMEMBERED && oldest !== undefined) this.#exceeded.delete(oldest);
  }

  readonly #tell = (event: SupervisorEvent): void => {
    for (const handler of this.#handlers) {
      try {
        handler(event);
      } catch (error) {
        this.#runtime.platform.log.error('a lifecycle handler failed', { error });
      }
    }
  };
}

function checkOptions(id: string, options: SupervisorOptions) {
  if (options.name !== undefined) checkName('name', options.name);
  const strategy = checkStrategy(options.strategy ?? 'one_for_one');
  const intensity = checkIntensity(options.restartIntensity ?? DEFAULT_INTENSITY);
  const autoShutdown = checkAutoShutdown(options.autoShutdown ?? 'never');
  const strict = options.strict ?? false;
  const backoff = checkBackoff(options.restartBackoff);
  const { children = [], childTemplate } = options;
  checkArray('children', children);
  if (strategy === 'simple_one_for_one') {
    if (childTemplate === undefined) throw new MissingChildTemplateError(id);
    if (children.length > 0) {
      throw new InvalidSimpleOneForOneConfigError(id, 'children come from startChild only');
    }
    checkChildSpec({ ...childTemplate, id: 'the template' }, { autoShutdown, strict });
  } else if (childTemplate !== undefined) {
    throw new InvalidSimpleOneForOneConfigError(id, `a childTemplate is not for ${strategy}`);
  }
  const checked = children.map((spec) => checkChildSpec(spec, { autoShutdown, strict }));
  const seen = new Set<string>();
  for (const child of checked) {
    if (seen.has(child.id)) throw new DuplicateChildError(id, child.id);
    seen.add(child.id);
  }
  return {
    strategy,
    intensity,
    autoShutdown,
    strict,
    backoff,
    hosting: 'serial',
    children: checked,
  } as const;
}

function infoOf(child: ChildSnapshot): ChildInfo {
  const alive = child.status === 'running' || child.status === 'stopping';
  return {
    id: child.spec.id,
    ref: alive ? child.handle : undefined,
    spec: child.spec.given,
    restartCount: child.restartCount,
    status: child.status,
  };
}

// Ended supervisors whose operations still get the better error.
const REMEMBERED = 1000;

export const SUPERVISORS: ServiceKey<Supervisors> = {
  name: 'supervisors',
  create: (runtime) => new Supervisors(runtime),
};

/** Starts, watches and restarts processes of the node this code runs on, as Erlang does. */
export const Supervisor = {
  /** Resolves once all children run. When one fails, those before it are stopped in reverse. */
  start: async (options?: SupervisorOptions): Promise<SupervisorRef> =>
    here().use(SUPERVISORS).start(options),
  /** Stops the children in reverse order, then the supervisor. */
  stop: (ref: SupervisorRef, reason?: 'normal' | 'shutdown'): Promise<void> =>
    here().use(SUPERVISORS).stop(ref, reason),
  /** Adds a child after all others, or one more of a template with `args`. */
  startChild: (ref: SupervisorRef, child: ChildSpec | readonly unknown[]): Promise<ChildRef> =>
    here().use(SUPERVISORS).startChild(ref, child),
  /** Stops a child for good. Unless `strict`, its spec goes too. */
  terminateChild: (ref: SupervisorRef, childId: string): Promise<void> =>
    here().use(SUPERVISORS).terminateChild(ref, childId),
  /**
   * Starts a child that is stopped. Rejects for `simple_one_for_one`, whose children are forgotten
   * when they stop.
   */
  restartChild: (ref: SupervisorRef, childId: string): Promise<ChildRef> =>
    here().use(SUPERVISORS).restartChild(ref, childId),
  /** Forgets the spec of a child that is stopped. */
  deleteChild: (ref: SupervisorRef, childId: string): Promise<void> =>
    here().use(SUPERVISORS).deleteChild(ref, childId),
  /** All children in start order, stopped ones too. */
  getChildren: (ref: SupervisorRef): ChildInfo[] => here().use(SUPERVISORS).getChildren(ref),
  /** The child with this id, running or not. */
  getChild: (ref: SupervisorRef, childId: string): ChildInfo | undefined =>
    here().use(SUPERVISORS).getChild(ref, childId),
  /** How many children it has, running or not. */
  countChildren: (ref: SupervisorRef): number => here().use(SUPERVISORS).countChildren(ref),
  /** False as soon as it has ended, for whatever reason. */
  isRunning: (ref: SupervisorRef): boolean => here().use(SUPERVISORS).isRunning(ref),
  /**
   * Calls `handler` for the events of every supervisor of this node; gives the function that ends
   * it.
   */
  onLifecycleEvent: (handler: SupervisorEventHandler): (() => void) =>
    here().use(SUPERVISORS).onLifecycleEvent(handler),
} as const;
