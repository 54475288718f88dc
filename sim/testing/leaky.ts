import * as nodeCrypto from 'node:crypto';
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import os from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { scheduler, setInterval as every, setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { NodeContext, NodeProgram } from '../program.js';

/**
 * A program for tests of the simulator: asks for time, chance and the machine in every way that is
 * known to leak, at start and after a virtual second, and tells all that it was told.
 */
export function createNode({ observe }: NodeContext): NodeProgram {
  const tell = async (when: string): Promise<void> => {
    for (const [name, look] of Object.entries(looks)) {
      const told = await look();
      observe({ kind: 'told', when, name, told: told });
    }
  };
  return {
    start: async () => {
      await tell('at first');
      await pause(1000.5);
      await tell('later');
    },
  };
}

type Look = () => unknown;

const evaluated = (text: string): unknown => (0, eval)(text);
const made = (Maker: unknown, text: string): unknown =>
  (new (Maker as FunctionConstructor)(`return ${text}`) as () => unknown)();
const constructorOf = (value: object): unknown => value.constructor;
// What the project itself never calls.
const spoken = (value: unknown, method: string, ...args: unknown[]): unknown =>
  (value as Record<string, (...args: unknown[]) => unknown>)[method]?.(...args);
const CLOCKS = '[Date.now(), performance.now(), Math.random(), crypto.randomUUID()]';

const looks: Readonly<Record<string, Look>> = {
  'Date.now': () => Date.now(),
  'new Date': () => [new Date().toISOString(), String(new Date()), Date()],
  'the constructor of a date': () => {
    const Same = constructorOf(new Date(0)) as DateConstructor;
    return [Same.now(), new Same().getTime(), Same === Date];
  },
  'local time': () => {
    const date = new Date(2024, 6, 1, 12, 30);
    date.setHours(3);
    return [date.getTime(), date.getHours(), date.getDay(), date.getTimezoneOffset(), String(date)];
  },
  'parsed dates': () =>
    ['2024-07-01', '2024-07-01T10:00', 'Jul 1 2024 10:00', 'Jul 1 2024 10:00 GMT+0300'].map(
      (text) => [Date.parse(text), new Date(text).getTime()],
    ),
  'the language': () => [
    spoken(new Date(0), 'toLocaleString'),
    spoken(new Date(0), 'toLocaleDateString', 'de'),
    spoken(1234.5, 'toLocaleString'),
    spoken([1.5, new Date(0)], 'toLocaleString'),
    [spoken('I', 'toLocaleLowerCase'), spoken('i', 'toLocaleUpperCase')],
    spoken('a', 'localeCompare', 'B'),
    new Intl.NumberFormat('xx').resolvedOptions().locale,
    new Intl.PluralRules().resolvedOptions().locale,
  ],
  'formats without a date': () => {
    const format = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'full' });
    return [
      new Intl.DateTimeFormat().format(),
      format.format(),
      format.formatToParts().length,
      format.formatRange(0, 86_400_000),
      format.resolvedOptions().timeZone,
      [0, 1].map((atMs) => new Intl.DateTimeFormat('en').format(atMs)),
    ];
  },
  'Math.random': () => [Math.random(), globalThis.Math.random()],
  crypto: () => [
    crypto.randomUUID(),
    nodeCrypto.randomUUID(),
    nodeCrypto.randomBytes(8).toString('hex'),
    nodeCrypto.randomInt(1_000_000),
    nodeCrypto.webcrypto.getRandomValues(new Uint8Array(4)).join(),
    nodeCrypto.randomFillSync(Buffer.alloc(4)).toString('hex'),
  ],
  'crypto with a callback': () =>
    promisify(nodeCrypto.randomBytes)(4).then((bytes) => bytes.toString('hex')),
  'evaluated text': () => [
    evaluated(CLOCKS),
    evaluated('new Date().constructor.now()'),
    evaluated('typeof require + typeof module'),
  ],
  'made functions': () => [
    made(Function, CLOCKS),
    made(
      constructorOf(() => 0),
      CLOCKS,
    ),
    made(Function, 'typeof this.process.pid'),
  ],
  'made asynchronous functions': () =>
    made(
      constructorOf(async () => 0),
      CLOCKS,
    ),
  'the global object of sloppy code': () => {
    const sloppy = made(Function, 'this') as typeof globalThis;
    return [sloppy.Date.now(), sloppy.performance.now(), sloppy.process.pid, sloppy.Math.random()];
  },
  performance: () => {
    performance.mark('a mark');
    const measure = performance.measure('since it', 'a mark');
    const marks = performance.getEntriesByType('mark').map(({ startTime }) => startTime);
    return [performance.now(), performance.timeOrigin, measure.duration, marks];
  },
  hrtime: () => [process.hrtime(), process.hrtime.bigint(), process.uptime()],
  process: () => [
    [process.pid, process.ppid, process.platform, process.arch, process.cwd(), process.argv],
    { ...process.env },
    process.memoryUsage().heapUsed,
    process.cpuUsage(),
    process.getBuiltinModule('node:os').hostname(),
  ],
  'the machine': () => [os.hostname(), os.cpus().length, os.loadavg(), os.uptime(), os.tmpdir()],
  'memory that nobody cleared': () => [
    Buffer.allocUnsafe(64).join(''),
    Buffer.allocUnsafeSlow(64).join(''),
    Buffer.from('pooled').byteOffset,
  ],
  events: async () => {
    const stamps = [new Event('one').timeStamp, new CustomEvent('two').timeStamp];
    const target = new EventTarget();
    target.addEventListener('three', (event) => stamps.push(event.timeStamp));
    target.dispatchEvent(new (class Third extends Event {})('three'));
    const signal = AbortSignal.timeout(20);
    signal.addEventListener('abort', (event) => stamps.push(event.timeStamp));
    await once(signal, 'abort');
    return [...stamps, (signal.reason as Error).name];
  },
  timers: async () => {
    const fired: unknown[] = [];
    const beating = setInterval(() => fired.push('interval'), 10);
    setTimeout(() => fired.push('timeout'), 25);
    setImmediate(() => fired.push('immediate'));
    await scheduler.yield();
    await scheduler.wait(35);
    clearInterval(beating);
    for await (const beat of every(5, 'beat')) {
      fired.push(beat);
      if (fired.length > 6) break;
    }
    const begun = performance.now();
    await promisify(setTimeout)(7);
    return [fired, performance.now() - begun];
  },
  'the timeout of a signal by way of its class': async () => {
    const Signal = constructorOf(new AbortController().signal) as typeof AbortSignal;
    const begun = performance.now();
    await once(Signal.timeout(30), 'abort');
    return performance.now() - begun;
  },
  'streams and emitters': async () => {
    const chunks: string[] = [];
    await pipeline(Readable.from(['a', 'b']), async (source: AsyncIterable<string>) => {
      for await (const chunk of source) chunks.push(chunk);
    });
    const emitter = new EventEmitter();
    setTimeout(() => emitter.emit('done', Date.now()), 5);
    return [chunks, await once(emitter, 'done')];
  },
  'a context that follows its promises': async () => {
    const context = new AsyncLocalStorage<string>();
    return context.run('kept', async () => {
      await pause(1);
      return context.getStore();
    });
  },
  'what newer versions of Node.js bring': () => [
    evaluated('typeof navigator'),
    evaluated('typeof Temporal'),
  ],
  clones: () => structuredClone({ at: new Date() }).at.getTime(),
};
