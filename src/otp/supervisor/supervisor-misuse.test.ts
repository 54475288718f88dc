import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../../platform/run-virtual.js';
import type { VirtualPlatform } from '../../platform/virtual-platform.js';
import { setCurrentRuntime } from '../../runtime/current.js';
import { Runtime } from '../../runtime/runtime.js';
import { GenServer, Registry } from '../facades.js';
import { Supervisor } from './supervisor.js';

function inWorld(body: (runtime: Runtime, platform: VirtualPlatform) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      await body(runtime, platform);
    });
}

const idle = {
  init: () => null,
  handleCall: () => [null, null] as const,
  handleCast: () => null,
};
const start = () => GenServer.start(idle);
const a = { id: 'a', start };

describe('Supervisor.start', () => {
  it.each<[string, unknown, string]>([
    ['a misspelt strategy', { strategy: 'one_for_al' }, 'ERR_INVALID_OPTION'],
    ['a misspelt autoShutdown', { autoShutdown: 'any' }, 'ERR_INVALID_OPTION'],
    ['an empty name', { name: '' }, 'ERR_INVALID_OPTION'],
    ['children that are no array', { children: a }, 'ERR_INVALID_OPTION'],
    ['an intensity of 7', { restartIntensity: 7 }, 'ERR_INVALID_OPTION'],
    [
      'a negative limit',
      { restartIntensity: { maxRestarts: -1, withinMs: 1 } },
      'ERR_INVALID_OPTION',
    ],
    ['a window of 0', { restartIntensity: { maxRestarts: 1, withinMs: 0 } }, 'ERR_INVALID_OPTION'],
    [
      'a window in words',
      { restartIntensity: { maxRestarts: 1, withinMs: '5' } },
      'ERR_INVALID_OPTION',
    ],
    ['two children with one id', { children: [a, a] }, 'ERR_DUPLICATE_CHILD'],
    ['a child that is null', { children: [null] }, 'ERR_INVALID_CHILD_SPEC'],
    ['a child without id', { children: [{ start }] }, 'ERR_INVALID_OPTION'],
    ['a child without start', { children: [{ id: 'a' }] }, 'ERR_INVALID_OPTION'],
    ['a misspelt restart', { children: [{ ...a, restart: 'always' }] }, 'ERR_INVALID_OPTION'],
    ['a negative shutdown', { children: [{ ...a, shutdownTimeout: -1 }] }, 'ERR_INVALID_OPTION'],
    [
      'a misspelt shutdown',
      { children: [{ ...a, shutdownTimeout: 'kill' }] },
      'ERR_INVALID_OPTION',
    ],
    ['a significant yes', { children: [{ ...a, significant: 'yes' }] }, 'ERR_INVALID_OPTION'],
    [
      'a strict significant child that nobody heeds',
      { strict: true, children: [{ ...a, restart: 'transient', significant: true }] },
      'ERR_BAD_COMBINATION',
    ],
    ['no template', { strategy: 'simple_one_for_one' }, 'ERR_MISSING_CHILD_TEMPLATE'],
    [
      'a template without start',
      { strategy: 'simple_one_for_one', childTemplate: {} },
      'ERR_INVALID_OPTION',
    ],
    [
      'a template and children',
      { strategy: 'simple_one_for_one', childTemplate: { start }, children: [a] },
      'ERR_INVALID_SIMPLE_ONE_FOR_ONE',
    ],
    ['a template for others', { childTemplate: { start } }, 'ERR_INVALID_SIMPLE_ONE_FOR_ONE'],
  ])('refuses %s, and starts nothing', (_, options, code) =>
    inWorld(async (runtime) => {
      await expect(Supervisor.start(options as never)).rejects.toMatchObject({ code });
      expect(runtime.processes.size + Registry.count()).toBe(0);
    })(),
  );

  it(
    'refuses a name that is taken, before any child starts',
    inWorld(async (runtime) => {
      await Supervisor.start({ name: 'top' });
      const second = Supervisor.start({ name: 'top', children: [a] });
      await expect(second).rejects.toMatchObject({ code: 'ERR_ALREADY_REGISTERED' });
      expect(runtime.processes.size).toBe(1);
    }),
  );

  it.each([null, 7, {}, 'genserver_1', { id: 7 }])(
    'unwinds when a start function gives %j, which is no ref',
    (result) =>
      inWorld(async (runtime) => {
        const bad = { id: 'bad', start: () => result as never };
        await expect(Supervisor.start({ children: [a, bad] })).rejects.toMatchObject({
          code: 'ERR_CHILD_START',
          childId: 'bad',
          cause: { code: 'ERR_INVALID_OPTION' },
        });
        expect(runtime.processes.size).toBe(0);
      })(),
  );

  it(
    'unwinds when a start function throws at once, and tells of no supervisor',
    inWorld(async (runtime) => {
      const types: string[] = [];
      Supervisor.onLifecycleEvent(({ type }) => types.push(type));
      const start = (): never => {
        throw new TypeError('mistake');
      };
      const starting = Supervisor.start({ children: [a, { id: 'b', start }] });
      await expect(starting).rejects.toMatchObject({ cause: { message: 'mistake' } });
      expect(types).toEqual(['child_started', 'child_stopped']);
      expect(runtime.processes.size).toBe(0);
    }),
  );
});

describe('A running supervisor', () => {
  it(
    'refuses what does not fit the state of a child',
    inWorld(async (runtime) => {
      const sup = await Supervisor.start({ children: [a], strict: true });
      const running = Supervisor.getChild(sup, 'a')?.ref;
      await expect(Supervisor.startChild(sup, a)).rejects.toMatchObject({
        code: 'ERR_DUPLICATE_CHILD',
        ref: running,
      });
      await expect(Supervisor.restartChild(sup, 'a')).rejects.toMatchObject({ state: 'running' });
      await expect(Supervisor.deleteChild(sup, 'a')).rejects.toMatchObject({ state: 'running' });
      for (const act of ['terminateChild', 'restartChild', 'deleteChild'] as const) {
        const code = 'ERR_CHILD_NOT_FOUND';
        await expect(Supervisor[act](sup, 'b')).rejects.toMatchObject({ code, childId: 'b' });
        await expect(Supervisor[act](sup, 7 as never)).rejects.toThrow('the id of a child');
      }
      for (const spec of [undefined, null, [], 'a', { id: 'b' }]) {
        await expect(Supervisor.startChild(sup, spec as never)).rejects.toThrow('Expected');
      }
      await Supervisor.terminateChild(sup, 'a');
      await Supervisor.terminateChild(sup, 'a');
      await Supervisor.restartChild(sup, 'a');
      expect(Supervisor.getChild(sup, 'a')).toMatchObject({ status: 'running', restartCount: 0 });
      expect(runtime.processes.size).toBe(2);
    }),
  );

  it(
    'forgets a child whose start on request failed, and lives on',
    inWorld(async (runtime) => {
      const sup = await Supervisor.start();
      const bad = { id: 'bad', start: () => Promise.reject(new Error('no luck')) };
      await expect(Supervisor.startChild(sup, bad)).rejects.toMatchObject({
        code: 'ERR_CHILD_START',
        cause: { message: 'no luck' },
      });
      expect(Supervisor.countChildren(sup)).toBe(0);
      expect(runtime.processes.size).toBe(1);
    }),
  );

  it(
    'ends on its own when its children fail for ever, and the Node process lives',
    inWorld(async (runtime, platform) => {
      let starts = 0;
      const flaky = {
        id: 'flaky',
        start: () => (starts++ === 0 ? start() : Promise.reject(new Error('gone'))),
      };
      const sup = await Supervisor.start({ children: [a, flaky] });
      runtime.router.send(Supervisor.getChild(sup, 'flaky')?.ref ?? { id: '' }, { kind: 'kill' });
      await sleep(platform, 1);
      expect(starts).toBe(4);
      expect(Supervisor.isRunning(sup)).toBe(false);
      expect(runtime.processes.size).toBe(0);
    }),
  );
});

describe('A supervisor that has ended', () => {
  it(
    'refuses every request, and may be stopped again',
    inWorld(async () => {
      const sup = await Supervisor.start({ children: [a] });
      await Supervisor.stop(sup);
      await Supervisor.stop(sup);
      const code = 'ERR_SERVER_NOT_RUNNING';
      await expect(Supervisor.startChild(sup, a)).rejects.toMatchObject({ code });
      await expect(Supervisor.terminateChild(sup, 'a')).rejects.toMatchObject({ code });
      for (const ask of ['getChildren', 'countChildren'] as const) {
        expect(() => Supervisor[ask](sup)).toThrow(expect.objectContaining({ code }));
      }
      expect(Supervisor.isRunning(sup)).toBe(false);
      expect(() => Supervisor.isRunning({} as never)).toThrow('the ref');
    }),
  );
});
