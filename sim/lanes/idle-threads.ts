import type { NodeBoot } from '../turn.js';
import { type ThreadTexts, TurnThread } from './turn-thread.js';

/**
 * Threads whose node outlived its run: the engine knows the program's code in them already, and
 * would take as long to learn it anew as a short run takes altogether.
 *
 * An idle thread does not hold the process alive.
 */
export class IdleThreads {
  readonly #idle: TurnThread[] = [];

  /** A thread in which `boot` may take its first turn, a new one when no other is to be had. */
  async start(boot: NodeBoot, texts: ThreadTexts, budgetMs: number): Promise<TurnThread> {
    for (let thread = this.#take(texts); thread !== undefined; thread = this.#take(texts)) {
      if (thread.reboot(boot, budgetMs)) return thread;
      await thread.end();
    }
    const thread = new TurnThread(boot, texts);
    await thread.ready;
    return thread;
  }

  /** Keeps the thread of a run that is over, or ends it. */
  async keep(thread: TurnThread): Promise<void> {
    if (this.#idle.length < IDLE_MAX && thread.lives < LIVES_MAX && thread.isQuiet) {
      thread.hold(false);
      this.#idle.push(thread);
    } else {
      await thread.end();
    }
  }

  #take({ threadText, bundle }: ThreadTexts): TurnThread | undefined {
    const at = this.#idle.findIndex(({ texts, isQuiet }) => {
      return isQuiet && texts.bundle === bundle && texts.threadText === threadText;
    });
    const [thread] = at < 0 ? [] : this.#idle.splice(at, 1);
    thread?.hold(true);
    return thread;
  }
}

// Each takes some 10 MiB.
const IDLE_MAX = 16;
// Threads keep memory of what ran in them; a fresh one now and then has none.
const LIVES_MAX = 100;
