import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../../platform/run-virtual.js';
import type { VirtualPlatform } from '../../platform/virtual-platform.js';
import { setCurrentRuntime } from '../../runtime/current.js';
import type { ExitReason } from '../../runtime/exit-reason.js';
import { Runtime } from '../../runtime/runtime.js';
import type { AnyBehavior } from '../behavior.js';
import type { ChildSpec } from '../child-spec.js';
import { GenServer, Registry } from '../facades.js';
import type { StartOptions } from '../gen-server.js';
import { Supervisor, type SupervisorOptions } from './supervisor.js';
import type { SupervisorEvent } from './supervisor-event.js';

interface Plan extends Partial<Omit<ChildSpec, 'start'>>, StartOptions {
  readonly initMs?: number;
  readonly terminateMs?: number;
  /** Ends itself with this right after its init. */
  readonly leaves?: ExitReason;
}

interface World {
  readonly platform: VirtualPlatform;
  readonly runtime: Runtime;
  readonly log: string[];
  readonly events: SupervisorEvent[];
  child(id: string, plan?: Plan): ChildSpec;
  nested(id: string, options: SupervisorOptions): ChildSpec;
  ref(id: string): { id: string };
  end(id: string, reason?: ExitReason): void;
  kill(id: string): void;
}

/** Children log `+id` when their init is through and `-id` as their last word. */
function inWorld(body: (world: World) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      const log: string[] = [];
      const events: SupervisorEvent[] = [];
      Supervisor.onLifecycleEvent((event) => events.push(event));
      const refs = new Map<string, { id: string }>();
      const ref = (id: string): { id: string } => refs.get(id) ?? { id: 'none' };
      const end = (id: string, reason: ExitReason = { error: new Error('boom') }): void =>
        void runtime.router.send(ref(id), { kind: 'stop', reason });
      const kill = (id: string): void => void runtime.router.send(ref(id), { kind: 'kill' });
      const child: World['child'] = (id, plan = {}) => {
        const { initMs = 0, terminateMs = 0, leaves, name, ...spec } = plan;
        const init = async (): Promise<void> => {
          refs.set(id, GenServer.self());
          if (leaves !== undefined) end(id, leaves);
          if (initMs > 0) await sleep(platform, initMs);
          log.push(`+${id}`);
        };
        const leave = (): void => void log.push(`-${id}`);
        const terminate = (): Promise<void> | void =>
          terminateMs > 0 ? sleep(platform, terminateMs).then(leave) : leave();
        const behavior: AnyBehavior = {
          init,
          terminate,
          handleCall: () => [null, null],
          handleCast: () => null,
        };
        const options = { initTimeout: Infinity, ...(name === undefined ? {} : { name }) };
        const start = () => GenServer.start(behavior, options);
        return { id, start, ...spec };
      };
      const nested: World['nested'] = (id, options) => ({
        id,
        start: async () => {
          const started = await Supervisor.start(options);
          refs.set(id, started);
          return started;
        },
      });
      await body({ platform, runtime, log, events, child, nested, ref, end, kill });
    });
}

const many = { maxRestarts: 100, withinMs: 1000 };
const nothingLeft = (runtime: Runtime): void => {
  expect(runtime.processes.size + runtime.monitors.size + Registry.count()).toBe(0);
};

describe('Stopping a supervisor', () => {
  it(
    'ends also when a child died after the request, before its turn',
    inWorld(async ({ runtime, child, kill }) => {
      const sup = await Supervisor.start({ children: [child('a'), child('b')] });
      const stopping = Supervisor.stop(sup);
      kill('a');
      await stopping;
      nothingLeft(runtime);
    }),
  );

  it(
    'ends also when the child that a group restart stops is gone before the request has its turn',
    inWorld(async ({ runtime, child, nested, ref, log }) => {
      const children = [child('x'), child('y')];
      const root = await Supervisor.start({
        strict: true,
        children: [nested('in', { strategy: 'rest_for_one', children })],
      });
      // Ends now, so that the request comes to its supervisor right behind the news.
      runtime.processes.get(ref('x').id)?.exit({ error: new Error('boom') });
      await Supervisor.terminateChild(root, 'in');
      expect(log).toEqual(['+x', '+y', '-x', '-y', '+x', '+y', '-y', '-x']);
      await Supervisor.stop(root);
      nothingLeft(runtime);
    }),
  );

  it(
    'knows why a child ended that it had killed as soon as it was up',
    inWorld(async ({ platform, runtime, child, ref, events }) => {
      const children = [child('a'), child('b', { shutdownTimeout: 'brutal_kill', initMs: 10 })];
      const restartIntensity = { maxRestarts: 1, withinMs: 5000 };
      await Supervisor.start({ children, restartIntensity });
      for (const id of ['b', 'a']) {
        runtime.processes.get(ref(id).id)?.exit({ error: new Error('boom') });
      }
      await sleep(platform, 20);
      const ends = events.flatMap((event) =>
        event.type === 'child_stopped' ? [`${event.childId} ${event.reason}`] : [],
      );
      expect(ends).toEqual(['b error: boom', 'a error: boom', 'b killed']);
    }),
  );

  it(
    'waits for the child whose start is under way, then ends that one too',
    inWorld(async ({ platform, runtime, log, child }) => {
      const sup = await Supervisor.start({ children: [child('a')] });
      const adding = Supervisor.startChild(sup, child('b', { initMs: 300 }));
      const stops = [Supervisor.stop(sup), Supervisor.stop(sup)];
      const late = expect(Supervisor.startChild(sup, child('c'))).rejects.toMatchObject({
        code: 'ERR_SERVER_NOT_RUNNING',
      });
      await Promise.all([adding, ...stops, late]);
      expect(platform.clock.nowMs()).toBe(300);
      expect(log).toEqual(['+a', '+b', '-b', '-a']);
      nothingLeft(runtime);
    }),
  );

  it(
    'tells which reason it was given',
    inWorld(async ({ events }) => {
      await Supervisor.stop(await Supervisor.start());
      await Supervisor.stop(await Supervisor.start(), 'shutdown');
      const reasons = events.flatMap((e) => (e.type === 'supervisor_stopped' ? [e.reason] : []));
      expect(reasons).toEqual(['normal', 'shutdown']);
    }),
  );
});

describe('A killed supervisor', () => {
  it(
    'fails who waits for it, starts nothing more, and takes all its children with it',
    inWorld(async ({ platform, runtime, log, events, child, nested, kill }) => {
      const inner = nested('inner', { children: [child('x'), child('y')] });
      const root = nested('root', { strategy: 'one_for_all', children: [child('a'), inner] });
      const sup = await Supervisor.start({ children: [root], restartIntensity: many });
      kill('root');
      await sleep(platform, 1);
      expect(log.slice(-2)).toEqual(['+x', '+y']);
      expect(runtime.processes.size).toBe(6);
      const target = Supervisor.getChild(sup, 'root')?.ref ?? { id: '' };
      const adding = Supervisor.startChild(target, child('slow', { initMs: 100 }));
      const queued = Supervisor.startChild(target, child('never'));
      const outcomes = Promise.allSettled([adding, queued]);
      await sleep(platform, 10);
      runtime.router.send(target, { kind: 'kill' });
      runtime.router.send(sup, { kind: 'kill' });
      for (const outcome of await outcomes) {
        expect(outcome).toMatchObject({ reason: { code: 'ERR_SERVER_NOT_RUNNING' } });
      }
      expect(platform.clock.nowMs()).toBe(11);
      await sleep(platform, 200);
      expect(log).not.toContain('+never');
      nothingLeft(runtime);
      expect(events).toContainEqual({ type: 'supervisor_stopped', ref: sup, reason: 'killed' });
    }),
  );

  it(
    'rejects its start when it is killed during it',
    inWorld(async ({ platform, runtime, child }) => {
      const children = [child('a'), child('b', { initMs: 100 }), child('c')];
      const starting = expect(Supervisor.start({ children, name: 'top' })).rejects.toMatchObject({
        code: 'ERR_PROCESS_KILLED',
      });
      await sleep(platform, 10);
      runtime.router.send(Registry.lookup('top'), { kind: 'kill' });
      await starting;
      await sleep(platform, 200);
      nothingLeft(runtime);
    }),
  );

  it(
    'leaves the names of its children free for its next incarnation',
    inWorld(async ({ platform, child, nested, kill }) => {
      const inner = nested('inner', { children: [child('a', { name: 'n' })] });
      const sup = await Supervisor.start({ children: [inner] });
      kill('inner');
      await sleep(platform, 1);
      expect(Supervisor.getChild(sup, 'inner')).toMatchObject({ restartCount: 1 });
      expect(Registry.isRegistered('n')).toBe(true);
    }),
  );
});

describe('A child that ends while it starts', () => {
  it.each<[ChildSpec['restart'], ExitReason, number]>([
    ['transient', 'normal', 0],
    ['transient', { shutdown: 'done' }, 0],
    ['transient', { error: new Error('boom') }, 3],
    ['temporary', { error: new Error('boom') }, 0],
  ])('is judged by its own reason: %s, %j', (restart, leaves, restarts) =>
    inWorld(async ({ platform, log, child }) => {
      const spec = child('a', { leaves, ...(restart === undefined ? {} : { restart }) });
      const sup = await Supervisor.start({ children: [spec, child('b')] });
      await sleep(platform, 1);
      expect(log.filter((line) => line === '+a')).toHaveLength(1 + restarts);
      expect(Supervisor.isRunning(sup)).toBe(restarts === 0);
    })(),
  );

  it(
    'is restarted once its supervisor is up, under its own name',
    inWorld(async ({ platform, log, child, end }) => {
      const children = [child('a', { name: 'n' }), child('b', { initMs: 100 })];
      const starting = Supervisor.start({ children });
      await sleep(platform, 10);
      end('a');
      const sup = await starting;
      await sleep(platform, 1);
      expect(log).toEqual(['+a', '-a', '+b', '+a']);
      expect(Registry.lookup('n')).toEqual(Supervisor.getChild(sup, 'a')?.ref);
    }),
  );
});

describe('Requests to a supervisor', () => {
  it(
    'are served in turn: a child terminated during its start ends after it',
    inWorld(async ({ runtime, log, child }) => {
      const sup = await Supervisor.start();
      const adding = Supervisor.startChild(sup, child('a', { initMs: 50 }));
      const ending = Supervisor.terminateChild(sup, 'a');
      const again = Supervisor.startChild(sup, child('a'));
      await Promise.all([adding, ending, again]);
      expect(log).toEqual(['+a', '-a', '+a']);
      expect(runtime.processes.size).toBe(2);
    }),
  );

  it(
    'find a child that crashed just before gone, and bring none back',
    inWorld(async ({ platform, runtime, child, kill }) => {
      const sup = await Supervisor.start({ children: [child('a')] });
      const ending = Supervisor.terminateChild(sup, 'a');
      kill('a');
      await ending;
      await sleep(platform, 100);
      expect(Supervisor.countChildren(sup)).toBe(0);
      expect(runtime.processes.size).toBe(1);
    }),
  );

  it(
    'that are no requests are refused, and end nothing',
    inWorld(async ({ platform, child }) => {
      const sup = await Supervisor.start({ children: [child('a')] });
      const call = GenServer.call(sup, { kind: 'terminateChild', id: 'a' } as never);
      await expect(call).rejects.toMatchObject({ code: 'ERR_INVALID_OPTION' });
      GenServer.cast(sup, 'hello' as never);
      GenServer.sendAfter(sup as never, { kind: 'stop' }, 0);
      await sleep(platform, 10);
      expect(Supervisor.countChildren(sup)).toBe(1);
    }),
  );

  it(
    'in line when the limit is exceeded are told so',
    inWorld(async ({ child, kill }) => {
      const restartIntensity = { maxRestarts: 0, withinMs: 1000 };
      const children = [child('a', { terminateMs: 50 }), child('b')];
      const sup = await Supervisor.start({ children, restartIntensity });
      kill('b');
      const requests = [
        Supervisor.startChild(sup, child('c')),
        Supervisor.terminateChild(sup, 'a'),
      ];
      for (const request of requests) {
        await expect(request).rejects.toMatchObject({ code: 'ERR_MAX_RESTARTS_EXCEEDED' });
      }
      expect(() => Supervisor.getChildren(sup)).toThrow('more than 0 restarts');
    }),
  );
});

describe('Escalation', () => {
  it(
    'goes up level by level, and the Node process lives',
    inWorld(async ({ platform, runtime, log, events, child, nested, kill }) => {
      const restartIntensity = { maxRestarts: 1, withinMs: 60_000 };
      const low = nested('low', { children: [child('x')], restartIntensity });
      const mid = nested('mid', { children: [low], restartIntensity });
      const sup = await Supervisor.start({ children: [mid], restartIntensity });
      let crashes = 0;
      while (Supervisor.isRunning(sup)) {
        kill('x');
        crashes += 1;
        await sleep(platform, 1);
      }
      expect(crashes).toBe(8);
      expect(log.filter((line) => line === '+x')).toHaveLength(8);
      expect(events.filter(({ type }) => type === 'supervisor_stopped')).toHaveLength(7);
      nothingLeft(runtime);
    }),
  );

  it(
    'ends with a significant child, and stops the others first',
    inWorld(async ({ platform, runtime, log, events, child, end }) => {
      const children = [child('a'), child('b', { significant: true })];
      const sup = await Supervisor.start({ children, autoShutdown: 'any_significant' });
      end('b');
      await sleep(platform, 1);
      expect(Supervisor.isRunning(sup)).toBe(true);
      end('b', 'normal');
      await sleep(platform, 1);
      expect(log).toEqual(['+a', '+b', '-b', '+b', '-b', '-a']);
      expect(events.at(-1)).toMatchObject({ reason: 'auto_shutdown' });
      nothingLeft(runtime);
    }),
  );
});

describe('simple_one_for_one', () => {
  it(
    'starts children from its template, each restarted with its own arguments',
    inWorld(async ({ platform, runtime, log, child, kill }) => {
      const childTemplate = {
        start: (id: string) => child(id, { terminateMs: 100 }).start(),
        restart: 'transient',
      } as const;
      const sup = await Supervisor.start({ strategy: 'simple_one_for_one', childTemplate });
      await Promise.all(['x', 'y', 'z'].map((id) => Supervisor.startChild(sup, [id])));
      expect(Supervisor.getChildren(sup).map(({ id }) => id)).toEqual([
        'child_1',
        'child_2',
        'child_3',
      ]);
      kill('y');
      await sleep(platform, 1);
      expect(log).toEqual(['+x', '+y', '+z', '+y']);
      await Supervisor.terminateChild(sup, 'child_1');
      expect(Supervisor.countChildren(sup)).toBe(2);
      const simple = { code: 'ERR_INVALID_SIMPLE_ONE_FOR_ONE' };
      await expect(Supervisor.restartChild(sup, 'child_2')).rejects.toMatchObject(simple);
      await expect(Supervisor.deleteChild(sup, 'child_2')).rejects.toMatchObject(simple);
      await expect(Supervisor.startChild(sup, child('a'))).rejects.toMatchObject(simple);
      const beforeMs = platform.clock.nowMs();
      await Supervisor.stop(sup);
      expect(platform.clock.nowMs() - beforeMs).toBe(100);
      nothingLeft(runtime);
    }),
  );
});
