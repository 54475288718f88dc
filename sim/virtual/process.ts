import type { Clock } from '../../src/platform/platform.js';
import { forbidden } from './forbidden.js';

export interface ProcessHooks {
  readonly index: number;
  exit(): void;
  /** What `process.getBuiltinModule` gives. */
  require(name: string): unknown;
}

/** The few parts of `process` that programs read, on the node's own clock. */
export function virtualProcess(
  clock: Clock,
  startMs: number,
  hooks: ProcessHooks,
): Record<string, unknown> {
  const hrtime = (since?: readonly [number, number]): [number, number] => {
    const nowNs = Math.round(clock.nowMs() * 1e6);
    const fromNs = since === undefined ? 0 : since[0] * 1e9 + since[1];
    return [Math.floor((nowNs - fromNs) / 1e9), (nowNs - fromNs) % 1e9];
  };
  const self: Record<string, unknown> = Object.assign(Object.create(refusing()) as object, {
    ...identity(hooks.index),
    hrtime: Object.assign(hrtime, { bigint: () => BigInt(Math.round(clock.nowMs() * 1e6)) }),
    uptime: () => (clock.nowMs() - startMs) / 1000,
    nextTick: process.nextTick.bind(process),
    exit: hooks.exit,
    abort: hooks.exit,
    getBuiltinModule: hooks.require,
    emitWarning: () => undefined,
    emit: () => false,
    listenerCount: () => 0,
    memoryUsage: Object.assign(() => NO_MEMORY, { rss: () => 0 }),
    constrainedMemory: () => 0,
    availableMemory: () => 0,
    cpuUsage: () => ({ user: 0, system: 0 }),
  });
  for (const name of LISTENER_METHODS) self[name] = () => self;
  return self;
}

// Whatever else this version of Node.js has, refused by name.
let everythingElse: object | undefined;

function refusing(): object {
  if (everythingElse === undefined) {
    const own = Object.entries(Object.getOwnPropertyDescriptors(process));
    const methods = own.filter(([, { value }]) => typeof value === 'function');
    everythingElse = Object.fromEntries(
      methods.map(([name]) => [name, forbidden(`process.${name}`)]),
    );
  }
  return everythingElse;
}

function identity(index: number): Record<string, unknown> {
  return {
    pid: 1000 + index,
    ppid: 1,
    // Native parts of packages would run outside the simulator's reach.
    env: { MSGPACKR_NATIVE_ACCELERATION_DISABLED: 'true', NO_COLOR: '1', TZ: 'UTC' },
    argv: ['node', 'node-program'],
    argv0: 'node',
    execArgv: [],
    execPath: '/node',
    title: 'node',
    platform: 'linux',
    arch: 'x64',
    version: process.version,
    versions: process.versions,
    release: process.release,
    features: {},
    exitCode: undefined,
    cwd: () => '/',
    umask: () => 0o22,
    stdout: { isTTY: false, write: () => true },
    stderr: { isTTY: false, write: () => true },
  };
}

const NO_MEMORY = { rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 };
const LISTENER_METHODS = [
  'on',
  'once',
  'off',
  'addListener',
  'removeListener',
  'removeAllListeners',
  'setMaxListeners',
];
