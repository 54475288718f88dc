import { GenServer, Supervisor } from '../../index.js';
import { type WorkerRef, workerBehavior } from './worker.js';

/** Where a pool gets its workers from. */
export interface Crew {
  /** Those that can work now, in the order in which they were hired. */
  workers(): readonly WorkerRef[];
  /** How many there should be. */
  size(): number;
  /** One more. */
  hire(): Promise<void>;
  /** One less: the last one, once it has done what it was given. */
  dismiss(): Promise<void>;
  /** All of them, the last one first. */
  dissolve(): Promise<void>;
}

/** Workers that the pool starts and stops by itself. One that crashes is missed. */
export function plainCrew(): Crew {
  const refs: WorkerRef[] = [];
  const dismiss = async (): Promise<void> => {
    const last = refs.pop();
    if (last !== undefined) await GenServer.stop(last);
  };
  return {
    workers: () => refs.filter((ref) => GenServer.isRunning(ref)),
    size: () => refs.length,
    hire: async () => void refs.push(await GenServer.start(workerBehavior(refs.length))),
    dismiss,
    dissolve: async () => {
      while (refs.length > 0) await dismiss();
    },
  };
}

/** Workers that a supervisor looks after: one that crashes is replaced by a fresh one. */
export async function supervisedCrew(): Promise<Crew> {
  const supervisor = await Supervisor.start({
    strategy: 'one_for_one',
    restartIntensity: { maxRestarts: 100, withinMs: 5000 },
  });
  const size = (): number => Supervisor.countChildren(supervisor);
  return {
    workers: () =>
      Supervisor.getChildren(supervisor).flatMap(({ ref }) => (ref ? [ref as WorkerRef] : [])),
    size,
    hire: async () => {
      const number = size();
      await Supervisor.startChild(supervisor, {
        id: `worker-${number}`,
        start: () => GenServer.start(workerBehavior(number)),
        restart: 'permanent',
      });
    },
    dismiss: () => Supervisor.terminateChild(supervisor, `worker-${size() - 1}`),
    dissolve: () => Supervisor.stop(supervisor),
  };
}
