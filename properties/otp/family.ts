import { call } from '../../src/otp/call.js';
import type { SupervisorRef } from '../../src/otp/child-spec.js';
import type { InspectedChild } from '../../src/otp/supervisor/supervisor-host.js';
import { SupervisorRequest } from '../../src/otp/supervisor/supervisor-request.js';
import { SUPERVISORS, type ChildInfo } from '../../src/otp/supervisor/supervisor.js';
import type { RestartType, Shutdown } from '../../src/otp/supervision/child-policy.js';
import type { Actor } from './actor.js';
import type { PlannedSpec } from './actor-supervisor.js';
import { initOutcome } from './scenario.js';
import type { Family, Named, View } from './snapshot.js';
import * as snapshot from './snapshot.js';
import type { CheckedChild } from './spec-check.js';
import type { Stage } from './stage.js';
import type { Term } from './term.js';

/** What can be seen of the children of real supervisors. */
export class Families {
  readonly #stage: Stage;
  /** The last one that ran as each child, by supervisor and child. */
  readonly #players = new Map<string, Actor>();
  readonly #childIds = new Map<Actor, string>();

  constructor(stage: Stage) {
    this.#stage = stage;
    stage.runtime.use(SUPERVISORS).onLifecycleEvent((event) => {
      if (event.type !== 'child_started' && event.type !== 'child_restarted') return;
      const actor = stage.actorOf(event.ref.id);
      if (actor === undefined) return;
      this.#players.set(`${event.supervisorId} ${event.childId}`, actor);
      this.#childIds.set(actor, event.childId);
    });
  }

  /** The id that a simple_one_for_one supervisor knows its child by. */
  childIdOf(actor: Actor, supervisor: Actor): string | undefined {
    const { ref = { id: '' }, name, isSimpleSupervisor } = supervisor;
    if (!isSimpleSupervisor || actor.parent !== name.id) return undefined;
    if (this.#stage.processOf(actor)?.status !== 'starting') return this.#childIds.get(actor);
    // One whose start will fail is never known as a child.
    if (initOutcome(actor.plan.init, actor.name.inc).kind !== 'ok') return undefined;
    const children = this.#stage.runtime.use(SUPERVISORS).getChildren(ref);
    return children.find(({ status }) => status === 'starting')?.id;
  }

  /** The children as they are now, with those of living supervisors inside. */
  tree(supervisor: Actor): Term[] {
    return snapshot.tree(familyOf(supervisor), this.#viewsNow(supervisor), (process) =>
      this.#below(process),
    );
  }

  countNow(supervisor: Actor): Term {
    return snapshot.countChildren(familyOf(supervisor), this.#viewsNow(supervisor));
  }

  /** As they are when the supervisor comes to the question. */
  async ask(supervisor: Actor, op: string, id: string): Promise<Term> {
    const ref = supervisor.ref ?? { id: '' };
    const request = new SupervisorRequest({ kind: 'inspect' });
    const children = await call(this.#stage.runtime, ref, request, { timeout: Infinity });
    const family = familyOf(supervisor);
    const views = (children as readonly InspectedChild[]).map((child) =>
      this.#viewThen(ref, child),
    );
    if (op === 'which_children') return snapshot.whichChildren(family, views);
    if (op === 'count_children') return snapshot.countChildren(family, views);
    return snapshot.childSpec(family, views, id);
  }

  #below(process: Named): Term[] | undefined {
    const actor = this.#stage.latest(process.name.id);
    return actor?.plan.sup === undefined ? undefined : this.tree(actor);
  }

  #viewsNow({ ref = { id: '' } }: Actor): View[] {
    const children = this.#stage.runtime.use(SUPERVISORS).getChildren(ref);
    return children.map((child) => this.#viewOf(ref.id, child));
  }

  /** Who is alive when the answer is given may be dead when it is heard, and vice versa. */
  #viewThen(ref: SupervisorRef, child: InspectedChild): View {
    const { spec, status, restartCount, hasEnded } = child;
    const info = { id: spec.id, ref: undefined, spec: spec.given, restartCount, status };
    const view = this.#viewOf(ref.id, info);
    const player = child.handle === undefined ? undefined : this.#stage.actorOf(child.handle.id);
    const handle = player === undefined ? undefined : { name: player.name, isAlive: !hasEnded };
    return { ...view, handle };
  }

  #viewOf(supervisorId: string, info: ChildInfo): View {
    const { id, status, restartCount } = info;
    const handle = this.#players.get(`${supervisorId} ${id}`);
    const { plan: given } = info.spec as PlannedSpec;
    // A template says little of the children that are started from it.
    const isSimple = this.#stage.actorOf(supervisorId)?.isSimpleSupervisor === true;
    const plan = isSimple ? (handle?.plan ?? given) : given;
    const spec = { ...checked(plan), id, plan };
    return { spec, status, attempt: 0, handle, restartCount };
  }
}

function familyOf({ plan, isSimpleSupervisor }: Actor): Family {
  const [template] = isSimpleSupervisor ? (plan.sup?.children ?? []) : [];
  const isSimple = isSimpleSupervisor;
  return { isSimple, template: template === undefined ? undefined : checked(template) };
}

/** A plan that the supervisor has taken, with its defaults. */
function checked(plan: PlannedSpec['plan']): CheckedChild {
  const { id, restart = 'permanent', significant = false } = plan;
  const { shutdown = plan.sup === undefined ? 5000 : 'infinity' } = plan;
  return {
    id,
    plan,
    restart: restart as RestartType,
    shutdown: shutdown as Shutdown,
    significant: significant === true,
  };
}
