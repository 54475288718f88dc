import { invariant, unreachable } from '../src/base/assert.js';
import { describe } from '../src/base/errors.js';
import { keyedHash } from '../src/base/hash.js';
import type { Log, LogFields } from '../src/platform/platform.js';
import type { TurnOrder } from '../src/platform/turn-priorities.js';
import { VirtualPlatform } from '../src/platform/virtual-platform.js';
import { NodeStore } from './node-store.js';
import { NodeTime } from './node-time.js';
import { plainCopy } from './plain.js';
import type { NodeProgram } from './program.js';
import { SimTransport } from './sim-transport.js';
import type {
  ClockChange,
  NodeBoot,
  NodeFailure,
  NodeInput,
  NodeOutput,
  Observation,
  Turn,
  TurnResult,
} from './turn.js';
import { enterRealm, type Realm } from './virtual/current.js';
import { hintAboutSharing } from './virtual/intrinsics.js';
import { loadNodeBundle } from './virtual/realm.js';

/**
 * One life of a node, in whichever thread it lives.
 *
 * A turn begins with `take`, called from a native immediate, and ends with `finish`, called from
 * the next one: by then every microtask and `nextTick` of the turn has run.
 */
export class SimNode {
  readonly #boot: NodeBoot;
  readonly #bundle: string;
  readonly #time: NodeTime;
  readonly #platform: VirtualPlatform;
  readonly #transport: SimTransport;
  #program: NodeProgram | undefined;
  #realm: Realm | undefined;
  #inTurn = false;
  #outputs: NodeOutput[] = [];
  #observations: Observation[] = [];
  #fired: readonly number[] = NONE_FIRED;
  #failure: NodeFailure | undefined;

  constructor(boot: NodeBoot, bundle: string) {
    this.#boot = boot;
    this.#bundle = bundle;
    this.#time = new NodeTime(boot.nowUs);
    this.#time.run(boot.ratePpm, boot.nowUs);
    this.#platform = new VirtualPlatform({
      seed: keyedHash(boot.seed, 'node', boot.nodeId, boot.incarnation) % 2 ** 32,
      incarnation: BigInt(boot.incarnation),
      startMs: boot.nowUs / 1000,
      epochMs: boot.epochMs,
      store: new NodeStore(boot.durable, (entries) => this.#emit({ kind: 'synced', entries })),
      log: observedLog((observation) => this.#observe(observation)),
      turnOrder: turnOrderOf(boot),
    });
    if (boot.driftPpm !== 0) this.#platform.adjustWall({ driftPpm: boot.driftPpm });
    this.#platform.onTimerSet = () => this.#assertInTurn('set a timer');
    this.#transport = new SimTransport({
      address: boot.address,
      buffer: boot.buffer,
      log: this.#platform.log,
      emit: (output) => this.#emit(output),
    });
  }

  /** Enters the node. What it throws ends up in the result, never in the caller. */
  take(turn: Turn): void {
    invariant(!this.#inTurn, 'a node takes one turn at a time');
    this.#inTurn = true;
    this.#platform.advanceTo(this.#time.atMs(turn.nowUs));
    enterRealm(this.#realm);
    try {
      if (turn.acks !== undefined) this.#transport.acknowledge(turn.acks);
      this.#enter(turn.input, turn.nowUs);
    } catch (thrown) {
      this.fail(thrown);
    }
  }

  /** Ends the turn and gives what it did. */
  finish(): TurnResult {
    this.#inTurn = false;
    enterRealm(undefined);
    const result: TurnResult = {
      outputs: this.#outputs,
      observations: this.#observations,
      deadlineUs: this.#deadlineUs(),
      fired: this.#fired,
      ...(this.#failure === undefined ? {} : { failure: this.#failure }),
    };
    this.#outputs = [];
    this.#observations = [];
    this.#fired = NONE_FIRED;
    return result;
  }

  /** Something of this node threw and nobody caught it. What it does from now on is not heard. */
  fail(thrown: unknown): void {
    this.#failure ??= describeFailure(thrown);
  }

  #enter(input: NodeInput, nowUs: number): void {
    switch (input.kind) {
      case 'boot':
        return this.#start();
      case 'wake':
        this.#wake();
        return;
      case 'arrived':
        return this.#transport.arrived(input.link);
      case 'opened':
        return this.#transport.opened(input.link);
      case 'frame':
        return this.#transport.frame(input.link, input.bytes);
      case 'closed':
        return this.#transport.closed(input.link, input.reason);
      case 'drained':
        return this.#transport.drained(input.link);
      case 'operation':
        return this.#settle(this.#program?.operate?.(input.operation));
      case 'leaving':
        return this.#leave();
      case 'wall':
        return this.#adjust(input.change, nowUs);
      default:
        return unreachable(input);
    }
  }

  // One timer a turn: what it settles goes on before the next one fires, as in Node. What is due
  // at the same instant gets the next turn.
  #wake(): void {
    const fired = this.#platform.fireNext();
    if (fired !== undefined) this.#fired = [fired];
  }

  #deadlineUs(): number | undefined {
    const dueMs = this.#platform.nextDeadlineMs;
    return dueMs === undefined ? undefined : this.#time.reachedUs(dueMs);
  }

  #adjust(change: ClockChange, nowUs: number): void {
    this.#platform.adjustWall(change);
    if (change.ratePpm === undefined || change.ratePpm === this.#time.ratePpm) return;
    this.#time.run(change.ratePpm, nowUs);
    this.#observe({ kind: 'clock_rate', ratePpm: change.ratePpm });
  }

  #start(): void {
    const { ratePpm } = this.#boot;
    if (ratePpm !== 0) this.#observe({ kind: 'clock_rate', ratePpm });
    const { bundle, realm } = loadNodeBundle(this.#bundle, this.#platform, {
      index: this.#boot.index,
      exit: () => this.#emit({ kind: 'exit' }),
      refused: (error) => this.fail(error),
    });
    this.#realm = realm;
    this.#program = bundle.createNode({
      boot: this.#boot,
      platform: this.#platform,
      transport: this.#transport,
      observe: (observation) => this.#observe(observation),
      exit: () => this.#emit({ kind: 'exit' }),
    });
    this.#settle(this.#program.start());
  }

  #leave(): void {
    if (this.#program?.leave === undefined) this.#emit({ kind: 'exit' });
    else this.#settle(this.#program.leave());
  }

  #settle(outcome: void | Promise<void>): void {
    if (outcome !== undefined) outcome.catch((reason: unknown) => this.fail(reason));
  }

  #emit(output: NodeOutput): void {
    if (this.#failure !== undefined) return;
    this.#assertInTurn(output.kind);
    // A copy, in both lanes: the sender may hold a view of a pooled buffer, or break its promise
    // and write to the frame later.
    if (output.kind === 'send') output = { ...output, bytes: new Uint8Array(output.bytes) };
    this.#outputs.push(output);
  }

  #observe(observation: Observation): void {
    if (this.#failure !== undefined) return;
    this.#observations.push(plainCopy(observation, 'observation'));
  }

  // Only work that the simulator does not control ends after the node fell quiet: a real timer, a
  // file, a socket. A run that depends on it could never be repeated.
  #assertInTurn(act: string): void {
    if (this.#inTurn || this.#failure !== undefined) return;
    const error = new OutsideTurnError(this.#boot.nodeId, act);
    this.fail(error);
    throw error;
  }
}

/** A node acted while it was not its turn. */
export class OutsideTurnError extends Error {
  override readonly name = 'OutsideTurnError';

  constructor(nodeId: string, act: string) {
    super(
      `${nodeId} acted (${act}) outside its turn: something in it waits for the machine's own ` +
        'clock, files or network, which the simulator cannot repeat',
    );
  }
}

// A priority that changes 3 times finds what needs 4 things to happen in one order.
function turnOrderOf({ turnOrder, seed, nodeId, incarnation }: NodeBoot): TurnOrder {
  if (turnOrder !== 'priorities') return { kind: 'fifo' };
  return { kind: 'priorities', seed: keyedHash(seed, 'turns', nodeId, incarnation), changes: 3 };
}

function observedLog(observe: (observation: Observation) => void): Log {
  const at = (level: string) => (message: string, fields?: LogFields) =>
    observe({ kind: 'log', level, message, fields: plainFields(fields) });
  return { debug: () => undefined, info: at('info'), warn: at('warn'), error: at('error') };
}

function plainFields(fields: LogFields = {}): Record<string, string> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, value]) => [
      key,
      value instanceof Error ? value.message : describe(value),
    ]),
  );
}

function describeFailure(thrown: unknown): NodeFailure {
  if (typeof thrown !== 'object' || thrown === null || !('message' in thrown)) {
    return { name: 'Error', message: `thrown: ${String(thrown)}` };
  }
  const hint = hintAboutSharing(thrown);
  const { name, message, code, stack } = thrown as Partial<Record<keyof NodeFailure, unknown>>;
  return {
    name: typeof name === 'string' ? name : 'Error',
    message: hint === undefined ? String(message) : `${String(message)} (${hint})`,
    ...(typeof code === 'string' ? { code } : {}),
    ...(typeof stack === 'string' ? { stack } : {}),
  };
}

const NONE_FIRED: readonly number[] = [];
