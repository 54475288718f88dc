import * as native from 'node:os';
import type { Clock } from '../../src/platform/platform.js';
import { forbidden } from './forbidden.js';

/** `node:os` of a small machine that is the same everywhere. */
export function virtualOs(clock: Clock, index: number): Record<string, unknown> {
  const cpu = { model: 'virtual', speed: 0, times: { user: 0, nice: 0, sys: 0, idle: 0, irq: 0 } };
  return {
    EOL: '\n',
    devNull: '/dev/null',
    constants: native.constants,
    arch: () => 'x64',
    availableParallelism: () => 1,
    cpus: () => [structuredClone(cpu)],
    endianness: () => 'LE',
    freemem: () => MEMORY_BYTES,
    getPriority: () => 0,
    homedir: () => '/',
    hostname: () => `host-${index + 1}`,
    loadavg: () => [0, 0, 0],
    machine: () => 'x86_64',
    networkInterfaces: () => ({}),
    platform: () => 'linux',
    release: () => '0.0.0',
    setPriority: forbidden('os.setPriority'),
    tmpdir: () => '/var/tmp',
    totalmem: () => MEMORY_BYTES,
    type: () => 'Linux',
    // Since the machine started, which was with the clock.
    uptime: () => clock.nowMs() / 1000,
    userInfo: forbidden('os.userInfo'),
    version: () => 'virtual',
  };
}

const MEMORY_BYTES = 2 ** 30;
