import { ChildHost as Original, type ChildOwners } from '../../src/distributed/child-host.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import type { ServiceKey } from '../../src/runtime/service.js';

export * from '../../src/distributed/child-host.js';

/** A node that lets every child live that a host reports, whatever became of it meanwhile. */
export class ChildHost extends Original {
  override answerTo(owners: ChildOwners): void {
    super.answerTo({
      judge: () => [],
      hosting: () => undefined,
      ended: (host, end) => owners.ended(host, end),
    });
  }
}

export const CHILD_HOST: ServiceKey<ChildHost> = {
  name: 'child host',
  create: (runtime: Runtime) => new ChildHost(runtime),
};
