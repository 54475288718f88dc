import type { ExitReason } from '../../src/runtime/exit-reason.js';
import type { Process } from '../../src/runtime/process.js';
import { Runtime as Original } from '../../src/runtime/runtime.js';

export * from '../../src/runtime/runtime.js';

/** A node that tells the end of a process to each of its watchers twice. */
export class Runtime extends Original {
  override processEnded(process: Process, reason: ExitReason): void {
    const watchers = [...(process.watchers ?? [])];
    super.processEnded(process, reason);
    const target = this.addressOf(process.id);
    for (const [monitorId, watcher] of watchers) {
      this.router.send(watcher, { kind: 'down', monitorId, target, reason });
    }
  }
}
