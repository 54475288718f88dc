// What the nodes of the smoke test run: they tell their story on standard output, beside their own
// lines. The environment says which of them supervises.
import {
  Cluster,
  DistributedSupervisor,
  GenServer,
  type GenServerBehavior,
  Supervisor,
} from '../../index.js';

const counter: GenServerBehavior<number, 'get', number, number> = {
  init: () => 0,
  handleCall: (_get, count) => [count, count],
  handleCast: (by, count) => count + by,
};

// Ends as slowly as it is allowed to.
const lingering: GenServerBehavior<number, 'get', number, number> = {
  ...counter,
  terminate: () => new Promise<void>(() => undefined),
};

export const behaviors = { counter, lingering };

export async function setup(): Promise<void> {
  // Whoever runs the test holds the other end: no node outlives it.
  process.stdin.on('end', () => process.exit(1)).resume();
  GenServer.onLifecycleEvent((event) => {
    if (event.type === 'started') tell({ event: 'server_started', server: event.ref.id });
    if (event.type === 'terminated') tell({ event: 'server_ended', server: event.ref.id });
  });
  await startLocal(process.env['SMOKE_LOCAL']?.split(',') ?? []);
  const { SMOKE_CHILDREN = '0', SMOKE_WORKERS = '0', SMOKE_BEHAVIOR = 'counter' } = process.env;
  if (SMOKE_CHILDREN === '0') return;
  await workers(Number(SMOKE_WORKERS));
  DistributedSupervisor.onLifecycleEvent(({ type, ...event }) => tell({ event: type, ...event }));
  await DistributedSupervisor.start({
    nodeSelector: 'round_robin',
    restartIntensity: { maxRestarts: 100, withinMs: 1000 },
    children: Array.from({ length: Number(SMOKE_CHILDREN) }, (_, at) => ({
      id: `child${at}`,
      behavior: SMOKE_BEHAVIOR,
      shutdownTimeout: SMOKE_BEHAVIOR === 'lingering' ? 60_000 : 1000,
    })),
  });
  tell({ event: 'supervising' });
}

/** A supervisor for each of these names, with two children; `-` before it: they end slowly. */
async function startLocal(names: readonly string[]): Promise<void> {
  for (const name of names) {
    const child = (id: string) => ({
      id,
      start: () => GenServer.start(name.startsWith('-') ? lingering : telling(`${name}.${id}`)),
      shutdownTimeout: 60_000,
    });
    await Supervisor.start({ children: [child('a'), child('b')] });
  }
  if (names.length > 0) tell({ event: 'local_started' });
}

function telling(name: string): typeof counter {
  return { ...counter, terminate: () => tell({ event: 'local_ended', name }) };
}

function workers(count: number): Promise<void> {
  return new Promise((resolve) => {
    const check = (): void => {
      if (Cluster.getConnectedNodeCount() >= count) resolve();
    };
    Cluster.onNodeUp(check);
    check();
  });
}

function tell(event: object): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}
