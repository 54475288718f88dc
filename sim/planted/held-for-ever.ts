import type { ChildPolicy } from '../../src/otp/supervision/child-policy.js';
import { Recovery as Original } from '../../src/otp/supervision/recovery.js';

/** A supervisor that does not look up when a node appears. */
export class Recovery<Spec extends ChildPolicy, Handle> extends Original<Spec, Handle> {
  override available(): void {
    // Whoever waits for a node goes on waiting.
  }
}
