import { randomBytes, randomInt } from 'node:crypto';
import type { Clock, Entropy, Log, LogFields, Platform, Timer, Timers } from './platform.js';
import { MemoryStore } from './memory-store.js';
import { seededRandom } from './random.js';
import { TurnQueue } from './turn-queue.js';

/** What may be replaced in {@link createNodePlatform}. */
export interface NodePlatformOptions {
  readonly log?: Log;
  /** Fixes `random`; without it every process draws its own. */
  readonly seed?: number;
}

/** The real world: Node's clock, timers and microtasks. */
export function createNodePlatform(options: NodePlatformOptions = {}): Platform {
  return {
    clock,
    timers,
    random: seededRandom(options.seed ?? randomInt(2 ** 32)),
    entropy,
    runQueue: new TurnQueue({ soon: afterThis, later: setImmediate }, TURNS_BETWEEN_YIELDS),
    log: options.log ?? stderrLog,
    store: new MemoryStore(),
    // Microseconds since 1970: a later life of the node is larger unless the clock was set back.
    incarnation: BigInt(Math.round((performance.timeOrigin + performance.now()) * 1000)),
  };
}

// A microtask by way of a promise costs a third of `queueMicrotask`, which also tracks async hooks.
function afterThis(drain: () => void): void {
  void RESOLVED.then(drain);
}

const clock: Clock = {
  nowMs: () => performance.now(),
  wallMs: () => Date.now(),
};

const entropy: Entropy = { bytes: (count) => new Uint8Array(randomBytes(count)) };

const timers: Timers = {
  after(delayMs, fire, options) {
    return new NodeTimer(delayMs, fire, options?.keepAlive === true);
  },
};

/**
 * Holding and letting go are settled once per turn of the event loop: a busy server does both a
 * million times a second, and each real change is a call into the engine.
 */
class NodeTimer implements Timer {
  #timeout: NodeJS.Timeout;
  #done = false;
  #wanted: boolean;
  #held: boolean;
  #settling = false;

  constructor(delayMs: number, fire: () => void, hold: boolean) {
    this.#timeout = this.#arm(delayMs, fire);
    this.#wanted = hold;
    this.#held = hold;
    if (!hold) this.#timeout.unref();
  }

  // A delay that Node cannot hold is waited for in legs.
  #arm(delayMs: number, fire: () => void): NodeJS.Timeout {
    if (delayMs > LONGEST_TIMEOUT_MS) {
      return setTimeout(() => this.#rearm(delayMs - LONGEST_TIMEOUT_MS, fire), LONGEST_TIMEOUT_MS);
    }
    return setTimeout(() => {
      this.#done = true;
      fire();
    }, delayMs);
  }

  #rearm(restMs: number, fire: () => void): void {
    this.#timeout = this.#arm(restMs, fire);
    if (!this.#held) this.#timeout.unref();
  }

  cancel(): boolean {
    if (this.#done) return false;
    this.#done = true;
    clearTimeout(this.#timeout);
    return true;
  }

  keepAlive(hold: boolean): void {
    this.#wanted = hold;
    if (this.#settling || hold === this.#held) return;
    this.#settling = true;
    setImmediate(this.#settle);
  }

  readonly #settle = (): void => {
    this.#settling = false;
    if (this.#done || this.#wanted === this.#held) return;
    this.#held = this.#wanted;
    if (this.#held) this.#timeout.ref();
    else this.#timeout.unref();
  };
}

const stderrLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (message, fields) => write('warn', message, fields),
  error: (message, fields) => write('error', message, fields),
};

function write(level: string, message: string, fields: LogFields | undefined): void {
  const tail = fields === undefined ? '' : ` ${JSON.stringify(fields, plain)}`;
  process.stderr.write(`faultline ${level}: ${message}${tail}\n`);
}

function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString();
  return value instanceof Error ? (value.stack ?? value.message) : value;
}

const RESOLVED = Promise.resolve();
const TURNS_BETWEEN_YIELDS = 1000;
// Node fires a timer at once when its delay does not fit in 31 bits.
const LONGEST_TIMEOUT_MS = 2 ** 31 - 1;
