import { describe, expect, it } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import type { VirtualPlatform } from '../platform/virtual-platform.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior, GenServerRef } from './behavior.js';
import { GenServer, ProcessTree, Registry } from './facades.js';
import type { ProcessSnapshot } from './process-tree.js';
import { Supervisor } from './supervisor/supervisor.js';

const idle: AnyBehavior = {
  init: () => null,
  handleCall: (message: unknown, state: null) => [message, state],
  handleCast: () => null,
};

function inWorld(body: (platform: VirtualPlatform, runtime: Runtime) => Promise<void>) {
  return () =>
    runVirtual(async (platform) => {
      const runtime = new Runtime(platform);
      setCurrentRuntime(runtime);
      await body(platform, runtime);
    });
}

/** Labels, indented by depth. */
function outline(tree: readonly ProcessSnapshot[], depth = 0): string[] {
  return tree.flatMap(({ label, children }) => [
    `${'  '.repeat(depth)}${label}`,
    ...outline(children, depth + 1),
  ]);
}

describe('The process tree', () => {
  it(
    'shows what each process is, what waits for it, and whom it knows',
    inWorld(async (platform) => {
      const slow = await GenServer.start(
        { ...idle, handleCast: () => sleep(platform, 100).then(() => null) },
        { name: 'slow', mailbox: { max: 2, onFull: 'dropNewest' } },
      );
      const other = await GenServer.start(idle);
      Registry.register('lazy', slow);
      GenServer.link(slow, other);
      GenServer.monitor(slow, other);
      for (const n of [1, 2]) GenServer.cast(slow, n);
      await sleep(platform, 1);
      for (const n of [3, 4]) GenServer.cast(slow, n);
      const [first, second] = ProcessTree.snapshot();
      expect(first).toEqual({
        id: slow.id,
        names: ['slow', 'lazy'],
        label: 'slow',
        kind: 'server',
        status: 'running',
        mailboxLength: 2,
        handledCount: 1,
        refusedCount: 1,
        links: [{ id: other.id }],
        monitors: [{ id: other.id }],
        watchers: [],
        parent: undefined,
        children: [],
      });
      expect(second).toMatchObject({ links: [{ id: slow.id }], watchers: [{ id: slow.id }] });
    }),
  );

  it(
    'has children below their supervisor, restarted ones too, and none of those that ended',
    inWorld(async (platform) => {
      const worker = (name: string) => ({ id: name, start: () => GenServer.start(idle, { name }) });
      const inner = { id: 'inner', start: () => Supervisor.start({ children: [worker('c')] }) };
      const late = {
        id: 'late',
        start: () => sleep(platform, 5).then(() => GenServer.start(idle, { name: 'late' })),
      };
      const root = await Supervisor.start({ name: 'root', children: [worker('a'), inner, late] });
      const whole = ['root', '  a', '  Supervisor', '    c', '  late'];
      expect(outline(ProcessTree.snapshot())).toEqual(whole);
      expect(ProcessTree.snapshot()[0]?.children.map(({ kind, parent }) => [kind, parent])).toEqual(
        ['server', 'supervisor', 'server'].map((kind) => [kind, root.id]),
      );
      await GenServer.stop(Registry.lookup('a'), { error: new Error('gone') });
      await sleep(platform, 1);
      expect(outline(ProcessTree.snapshot()).sort()).toEqual([...whole].sort());
      await Supervisor.stop(root);
      expect(ProcessTree.snapshot()).toEqual([]);
    }),
  );

  it(
    'has a server that a handler started below that one, and alone once its parent ended',
    inWorld(async () => {
      const parent = await GenServer.start({
        ...idle,
        handleCall: async (_message: unknown, state: null) => [await GenServer.start(idle), state],
      });
      const child = (await GenServer.call(parent, 'start')) as GenServerRef;
      const [top] = ProcessTree.snapshot();
      expect(top?.children).toMatchObject([{ id: child.id, parent: parent.id }]);
      await GenServer.stop(parent);
      expect(ProcessTree.snapshot()).toMatchObject([{ id: child.id, parent: undefined }]);
    }),
  );

  it(
    'loses nobody when a process is made the child of its own child',
    inWorld(async (_platform, runtime) => {
      const outer = await GenServer.start(idle);
      const root = await Supervisor.start({ children: [{ id: 'outer', start: () => outer }] });
      runtime.adopt(root.id, outer.id);
      runtime.adopt('nobody', outer.id);
      expect(ProcessTree.snapshot()).toMatchObject([{ id: root.id, children: [{ id: outer.id }] }]);
    }),
  );
});
