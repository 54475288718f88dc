import type { Link, LinkEvents } from '../../src/platform/transport.js';
import type { NodeContext, NodeProgram } from '../program.js';

/** What a station is told. */
export interface StationSettings {
  /** Where the others are; every station dials those after it. */
  readonly stations: readonly string[];
  /** How often it tells that its timer fired; never when absent. */
  readonly everyMs?: number;
  /** Leaves without a word: its program knows nothing of leaving. */
  readonly isRude?: boolean;
}

/**
 * A program for tests of faults: tells of its timers, of what it hears and of its links, and says
 * numbers to all others when it is asked to.
 */
export function createNode(context: NodeContext): NodeProgram {
  const station = new Station(context);
  const { isRude = false } = context.boot.program as StationSettings;
  return {
    start: () => station.start(),
    operate: (operation) => station.operate(operation as StationOperation),
    ...(isRude ? {} : { leave: () => station.leave() }),
  };
}

/** `say` sends frames of one byte, or of more; `time` tells what the clocks say. */
export type StationOperation =
  { readonly say: readonly number[]; readonly bytes?: number } | 'time' | 'dial';

class Station {
  readonly #context: NodeContext;
  readonly #links = new Set<Link>();

  constructor(context: NodeContext) {
    this.#context = context;
  }

  async start(): Promise<void> {
    const { boot, transport, platform, observe } = this.#context;
    const { everyMs } = boot.program as StationSettings;
    observe({ kind: 'started', life: boot.incarnation });
    await transport.listen((link) => this.#events(() => link));
    this.#dialOthers();
    if (everyMs === undefined) return;
    const tick = (): void => {
      observe({ kind: 'tick', atMs: platform.clock.nowMs() });
      platform.timers.after(everyMs, tick);
    };
    platform.timers.after(everyMs, tick);
  }

  operate(operation: StationOperation): void {
    const { platform, observe } = this.#context;
    const { clock } = platform;
    if (operation === 'time') {
      observe({ kind: 'time', nowMs: clock.nowMs(), wallMs: clock.wallMs() });
    } else if (operation === 'dial') {
      this.#dialOthers();
    } else {
      this.#say(operation.say, operation.bytes);
    }
  }

  leave(): void {
    const { platform, observe, exit } = this.#context;
    observe({ kind: 'leaving' });
    this.#say([0]);
    platform.timers.after(20, () => exit());
  }

  #dialOthers(): void {
    const { boot, transport } = this.#context;
    const { stations } = boot.program as StationSettings;
    for (const peer of stations.slice(stations.indexOf(boot.address) + 1)) {
      let dialled: Link | undefined = undefined;
      const link = transport.dial(
        peer,
        this.#events(() => dialled),
      );
      dialled = link;
    }
  }

  #say(numbers: readonly number[], bytes = 1): void {
    for (const link of this.#links) {
      for (const n of numbers) {
        const taken = link.send(new Uint8Array(bytes).fill(n, 0, 1));
        if (!taken) this.#context.observe({ kind: 'full', n });
      }
    }
  }

  #events(link: () => Link | undefined): LinkEvents {
    const { observe } = this.#context;
    return {
      onOpen: () => {
        const opened = link();
        if (opened !== undefined) this.#links.add(opened);
        observe({ kind: 'open' });
      },
      onFrame: (frame) => observe({ kind: 'heard', n: frame[0] }),
      onDrain: () => observe({ kind: 'drained' }),
      onClose: (reason) => {
        const closed = link();
        if (closed !== undefined) this.#links.delete(closed);
        observe({ kind: 'closed', reason });
      },
    };
  }
}
