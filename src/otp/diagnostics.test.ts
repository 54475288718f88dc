import diagnosticsChannel from 'node:diagnostics_channel';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runVirtual, sleep } from '../platform/run-virtual.js';
import { setCurrentRuntime } from '../runtime/current.js';
import { Runtime } from '../runtime/runtime.js';
import type { AnyBehavior } from './behavior.js';
import { GenServer, Registry } from './facades.js';
import { Supervisor } from './supervisor/supervisor.js';

/** What is published on a channel from now on to the end of the test. */
function listenTo(channel: string): unknown[] {
  const heard: unknown[] = [];
  const listener = (message: unknown): void => void heard.push(message);
  diagnosticsChannel.subscribe(channel, listener);
  onTestFinished(() => void diagnosticsChannel.unsubscribe(channel, listener));
  return heard;
}

describe('Diagnostics channels', () => {
  it('tell of starts and exits, and not of a process that never started', () =>
    runVirtual(async (platform) => {
      setCurrentRuntime(new Runtime(platform));
      const unheard = await GenServer.start(echo, { name: 'unheard' });
      const starts = listenTo('faultline:process:start');
      const exits = listenTo('faultline:process:exit');
      const { id } = await GenServer.start(echo, { name: 'heard' });
      const broken = { ...echo, init: () => Promise.reject(new Error('no')) };
      await expect(GenServer.start(broken)).rejects.toThrow('no');
      await GenServer.stop({ id }, 'shutdown');
      await GenServer.stop(unheard);
      expect(starts).toEqual([{ nodeId: undefined, id, label: 'heard', parent: undefined }]);
      expect(exits).toEqual([
        { nodeId: undefined, id, label: 'heard', reason: 'shutdown' },
        { nodeId: undefined, id: unheard.id, label: 'unheard', reason: 'normal' },
      ]);
    }));

  it('tell of the start and the end of each call, with its outcome and how long it took', () =>
    runVirtual(async (platform) => {
      setCurrentRuntime(new Runtime(platform));
      const { id } = await GenServer.start({
        ...echo,
        handleCall: async (_message: unknown, state: null) => {
          await sleep(platform, 30);
          return [1, state];
        },
      });
      const unheard = GenServer.call({ id }, 0);
      const calls = listenTo('faultline:call');
      await unheard;
      await GenServer.call({ id }, 1);
      await expect(GenServer.call({ id }, 2, { timeout: 10 })).rejects.toThrow('10 ms');
      await expect(GenServer.call({ id: 'genserver_0' }, 3)).rejects.toThrow('to be running');
      const end = { phase: 'end', to: id };
      expect(calls).toMatchObject([
        { ...end, callId: 1, outcome: 'reply', durationMs: undefined },
        { phase: 'start', to: id, callId: 2 },
        { ...end, callId: 2, outcome: 'reply', durationMs: 30 },
        { phase: 'start', to: id, callId: 3 },
        { ...end, callId: 3, outcome: 'timeout', durationMs: 10 },
        { phase: 'start', to: 'genserver_0', callId: 4 },
        { ...end, to: 'genserver_0', callId: 4, outcome: 'noproc', durationMs: 0 },
      ]);
    }));

  it('tell of each restart of a child', () =>
    runVirtual(async (platform) => {
      setCurrentRuntime(new Runtime(platform));
      const start = () => GenServer.start(echo, { name: 'worker' });
      const { id: supervisorId } = await Supervisor.start({ children: [{ id: 'a', start }] });
      const restarts = listenTo('faultline:supervisor:restart');
      await GenServer.stop(Registry.lookup('worker'));
      await sleep(platform, 1);
      const { id } = Registry.lookup('worker');
      const restart = { nodeId: undefined, supervisorId, childId: 'a', id, restartCount: 1 };
      expect(restarts).toEqual([restart]);
    }));
});

const echo: AnyBehavior = {
  init: () => null,
  handleCall: (message: unknown, state: null) => [message, state],
  handleCast: () => null,
};
