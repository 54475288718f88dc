import type { Address } from './address.js';
import type { ExitReason } from './exit-reason.js';

/**
 * What the runtime tells an observer: plain facts, told when they happen, in the order in which
 * they happen. Nobody listens by default, and then nothing is built or told.
 */
export type ProbeEvent =
  | { readonly kind: 'spawned'; readonly id: string; readonly label: string }
  | { readonly kind: 'exited'; readonly id: string; readonly reason: ExitReason }
  | { readonly kind: 'linked' | 'unlinked'; readonly id: string; readonly other: Address }
  | {
      readonly kind: 'exit_received';
      readonly id: string;
      readonly from: Address;
      readonly reason: ExitReason;
    }
  | {
      readonly kind: 'monitored';
      readonly monitorId: string;
      readonly watcher: string;
      readonly target: Address;
    }
  | { readonly kind: 'demonitored'; readonly monitorId: string }
  | { readonly kind: 'down'; readonly monitorId: string; readonly reason: ExitReason }
  | {
      readonly kind: 'call';
      readonly callId: number;
      readonly to: Address;
    }
  | {
      readonly kind: 'call_ended';
      readonly callId: number;
      readonly outcome: 'reply' | 'timeout' | 'noproc' | 'nodedown' | 'error' | 'aborted';
    }
  | { readonly kind: 'late_reply'; readonly callId: number }
  /** Facts of higher floors; `topic` names the floor's noun. */
  | {
      readonly kind: 'fact';
      readonly topic: string;
      readonly fields: Readonly<Record<string, unknown>>;
    };

export type Probe = (event: ProbeEvent) => void;
