// What the nodes of the smoke test run: they tell their story on standard output, beside their own
// lines. The environment says which of them supervises.
import {
  Cluster,
  DistributedSupervisor,
  type DistributedSupervisorRef,
  GenServer,
  type GenServerBehavior,
  type NodeId,
  type NodeSelectorFn,
  Supervisor,
} from '../../index.js';
import { createNodePlatform } from '../../platform/node-platform.js';

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

// Tells of every message before it answers.
const talkative: typeof counter = {
  ...counter,
  handleCall: (_get, count, { self }) => {
    tell({ event: 'handled', server: self.id });
    return [count, count];
  },
};

export const behaviors = { counter, lingering, talkative };

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
  const home = process.env['SMOKE_HOME'];
  const supervisor = await DistributedSupervisor.start({
    nodeSelector: home === undefined ? 'round_robin' : homeFirst(home),
    // With a home everything is as it comes.
    ...(home === undefined ? { restartIntensity: { maxRestarts: 100, withinMs: 1000 } } : {}),
    children: Array.from({ length: Number(SMOKE_CHILDREN) }, (_, at) => ({
      id: `child${at}`,
      behavior: SMOKE_BEHAVIOR,
      shutdownTimeout: SMOKE_BEHAVIOR === 'lingering' ? 60_000 : 1000,
    })),
  });
  tell({ event: 'supervising' });
  if (SMOKE_BEHAVIOR === 'talkative') askAll(supervisor);
}

/** The node of this name while it is there, and then the last one. */
function homeFirst(name: string): NodeSelectorFn {
  return (nodes) =>
    (nodes.find(({ id }) => id.startsWith(`${name}@`)) ?? nodes.at(-1))?.id as NodeId;
}

/** Calls every child, over and over. */
function askAll(supervisor: DistributedSupervisorRef): void {
  timers.after(20, () => askAll(supervisor));
  for (const { ref } of DistributedSupervisor.getChildren(supervisor)) {
    GenServer.call(ref, 'get', { timeout: 10_000 }).catch((error: unknown) => {
      tell({ event: 'unanswered', server: ref.id, code: (error as { code?: string }).code });
    });
  }
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

const { timers } = createNodePlatform();
