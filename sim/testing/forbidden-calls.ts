import asyncHooks from 'node:async_hooks';
import childProcess from 'node:child_process';
import nodeCrypto from 'node:crypto';
import dgram from 'node:dgram';
import dns from 'node:dns';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import v8 from 'node:v8';
import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import zlib from 'node:zlib';
import type { NodeContext, NodeProgram } from '../program.js';

/** A program for tests of the simulator: does what no simulated node may, one thing at a time. */
export function createNode({ observe }: NodeContext): NodeProgram {
  return {
    start: () => undefined,
    operate: async (operation) => {
      await calls[operation as string]?.();
      observe({ kind: 'survived', operation });
    },
  };
}

const nothing = (): void => undefined;
const Maker = nothing.constructor as new (text: string) => () => unknown;
const sloppy = (text: string): unknown => new Maker(text)();

const calls: Readonly<Record<string, () => unknown>> = {
  fetch: () => fetch('http://10.0.0.1'),
  'fetch that is caught': () => fetch('http://10.0.0.1').catch(nothing),
  'fetch from evaluated text': () => sloppy('return fetch("http://10.0.0.1")'),
  'fs.promises.readFile': () => fs.promises.readFile('/etc/hosts'),
  'fs.readFileSync': () => fs.readFileSync('/etc/hosts'),
  'fs.watch': () => fs.watch('/etc'),
  'net.connect': () => net.connect(80),
  'dgram.createSocket': () => dgram.createSocket('udp4'),
  'dns.promises.lookup': () => dns.promises.lookup('localhost'),
  'http.request': () => http.request('http://10.0.0.1'),
  'child_process.spawn': () => childProcess.spawn('true'),
  'worker_threads.Worker': () => new Worker('0', { eval: true }),
  'zlib.gzip': () => zlib.gzip('text', nothing),
  'crypto.pbkdf2': () => nodeCrypto.pbkdf2('a', 'b', 1, 1, 'sha1', nothing),
  'crypto.scrypt': () => nodeCrypto.scrypt('a', 'b', 1, nothing),
  'crypto.generateKeyPairSync': () => nodeCrypto.generateKeyPairSync('ed25519'),
  'crypto.subtle.digest': () => crypto.subtle.digest('SHA-256', new Uint8Array(1)),
  'Atomics.wait': () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1),
  'Atomics.waitAsync': () =>
    (Atomics as unknown as { waitAsync(...args: unknown[]): unknown }).waitAsync(
      new Int32Array(new SharedArrayBuffer(4)),
      0,
      0,
      1,
    ),
  MessageChannel: () => new MessageChannel(),
  BroadcastChannel: () => new BroadcastChannel('a'),
  WebSocket: () => new (globalThis as never as Record<'WebSocket', typeof Event>).WebSocket('ws:'),
  WeakRef: () => new WeakRef({}),
  FinalizationRegistry: () => new FinalizationRegistry(nothing),
  Blob: () => new Blob(['a']),
  CompressionStream: () => new CompressionStream('gzip'),
  PerformanceMark: () => sloppy("return new PerformanceMark('a')"),
  'perf_hooks.monitorEventLoopDelay': () => monitorEventLoopDelay(),
  'WebAssembly.compile': () => sloppy('return WebAssembly.compile(new Uint8Array(8))'),
  'vm.runInThisContext': () => vm.runInThisContext('1') as unknown,
  'v8.getHeapStatistics': () => v8.getHeapStatistics(),
  'async_hooks.executionAsyncId': () => asyncHooks.executionAsyncId(),
  'AsyncResource.asyncId': () => new asyncHooks.AsyncResource('a').asyncId(),
  'os.userInfo': () => os.userInfo(),
  'process.kill': () => process.kill(1),
  'process.chdir': () => process.chdir('/'),
  "require('left-pad')": () => (require as (name: string) => unknown)(['left', 'pad'].join('-')),

  'a new member of arrays': () => Object.assign(Array.prototype, { last: nothing }),
  'a new member of all objects': () => Object.assign(Object.prototype, { extra: 1 }),
  'another then': () => Object.assign(Promise.prototype, { then: nothing }),
  'another toString of all objects': () => Object.assign(Object.prototype, { toString: nothing }),
  'another time of dates': () => Object.assign(Date.prototype, { getTime: nothing }),
  'another Date.now': () => Object.assign(Date, { now: nothing }),
  'another Math.random': () => Object.assign(Math, { random: nothing }),
  'another JSON.parse': () => Object.assign(JSON, { parse: nothing }),
  'another on of emitters': () => Object.assign(EventEmitter.prototype, { on: nothing }),
  'another name of errors': () => Object.assign(TypeError.prototype, { name: 'Mine' }),
  'another next of generators': () =>
    Object.assign(Object.getPrototypeOf(function* () {}.prototype) as object, { next: nothing }),
};
