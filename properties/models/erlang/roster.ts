import type { ScenarioChild, SupervisorSpec } from '../../otp/scenario.js';
import type { Term } from '../../otp/term.js';
import { pidText } from '../../otp/trace.js';
import type { Process } from './machine.js';

/** A child as its supervisor keeps it. */
export interface Child {
  readonly id: string;
  readonly plan: ScenarioChild;
  pid: Process | undefined;
  /** Its last restart failed; the next attempt is in the mailbox. */
  isRestarting: boolean;
}

/** The children of one supervisor in start order, and what it says of them. */
export class Roster {
  children: Child[] = [];
  readonly isSimple: boolean;
  readonly #spec: SupervisorSpec;

  constructor(spec: SupervisorSpec) {
    this.#spec = spec;
    this.isSimple = spec.strategy === 'simple_one_for_one';
  }

  childSpec(id: string | undefined): Term {
    const plans = this.isSimple ? this.#spec.children : this.children.map(({ plan }) => plan);
    const plan = plans.find((one) => one.id === id);
    if (plan === undefined) return { error: 'not_found' };
    const { restart = 'permanent', significant = false, sup } = plan;
    const { shutdown = sup === undefined ? 5000 : 'infinity' } = plan;
    return { ok: { id: plan.id, restart, shutdown, significant, type: typeOf(plan) } };
  }

  /** The most recently added first; nameless and sorted where children are dynamic. */
  entries(inner?: (pid: Process) => Term[] | undefined): Term[] {
    const { children } = this;
    const label = ({ pid }: Child): string =>
      pid === undefined ? 'restarting' : pidText(pid.name);
    const order = this.isSimple
      ? [...children].sort((a, b) => (label(a) < label(b) ? -1 : 1))
      : [...children].reverse();
    return order.map((child): Term => {
      const { plan, pid, isRestarting } = child;
      const below = pid === undefined ? undefined : inner?.(pid);
      const shown = pid === undefined ? null : pidText(pid.name);
      return {
        id: this.isSimple ? null : child.id,
        pid: isRestarting ? 'restarting' : shown,
        type: typeOf(plan),
        ...(below === undefined ? {} : { children: below }),
      };
    });
  }

  counts(): Term {
    const ofType = (type: string): number =>
      this.children.filter(({ plan }) => typeOf(plan) === type).length;
    const isActive = ({ pid, isRestarting }: Child): boolean =>
      this.isSimple ? !isRestarting : pid?.isAlive === true;
    return {
      active: this.children.filter(isActive).length,
      specs: this.isSimple ? 1 : this.children.length,
      supervisors: ofType('supervisor'),
      workers: ofType('worker'),
    };
  }
}

function typeOf({ sup }: ScenarioChild): string {
  return sup === undefined ? 'worker' : 'supervisor';
}
