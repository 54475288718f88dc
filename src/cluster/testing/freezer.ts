import type { RunQueue, Timer, Timers, Turn } from '../../platform/platform.js';
import type { Link, LinkEvents, Transport } from '../../platform/transport.js';

/**
 * Stops a node as SIGSTOP does: its clock goes on, nothing of it runs, and what comes for it waits.
 * When it goes on, it reads what its sockets hold before its timers fire.
 */
export class Freezer {
  readonly #kept = { frames: [] as (() => void)[], timers: [] as (() => void)[] };
  #isFrozen = false;

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    const { frames, timers } = this.#kept;
    for (const act of [...frames.splice(0), ...timers.splice(0)]) act();
  }

  timers(inner: Timers): Timers {
    return {
      after: (delayMs, fire, options) => {
        let isCancelled = false;
        const timer = inner.after(
          delayMs,
          () => {
            this.#run('timers', () => {
              if (!isCancelled) fire();
            });
          },
          options,
        );
        const frozen: Timer = {
          cancel: () => {
            isCancelled = true;
            return timer.cancel();
          },
          keepAlive: (hold) => timer.keepAlive(hold),
        };
        return frozen;
      },
    };
  }

  runQueue(inner: RunQueue): RunQueue {
    return {
      push: (turn: Turn) =>
        inner.push({ takeTurn: () => this.#run('timers', () => turn.takeTurn()) }),
    };
  }

  transport(inner: Transport): Transport {
    return {
      listen: (accept) => inner.listen((link: Link) => this.#events(accept(link))),
      dial: (address, events) => inner.dial(address, this.#events(events)),
      close: () => inner.close(),
    };
  }

  #events(events: LinkEvents): LinkEvents {
    const run = (act: () => void): void => this.#run('frames', act);
    return {
      onOpen: () => run(() => events.onOpen?.()),
      // The bytes may be used again once this returns.
      onFrame: (frame) => {
        const kept = this.#isFrozen ? frame.slice() : frame;
        run(() => events.onFrame(kept));
      },
      onDrain: () => run(() => events.onDrain?.()),
      onClose: (reason) => run(() => events.onClose(reason)),
    };
  }

  #run(kind: 'frames' | 'timers', act: () => void): void {
    if (this.#isFrozen) this.#kept[kind].push(act);
    else act();
  }
}
