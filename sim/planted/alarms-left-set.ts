import { Alarms as Original } from '../../src/cluster/alarms.js';

/** A node that forgets to take its timers back, which then ring for nobody. */
export class Alarms<Key> extends Original<Key> {
  override cancel(): void {
    // The membership does not listen to what it has cancelled.
  }
}
