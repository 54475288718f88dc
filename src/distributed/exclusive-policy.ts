import { InvalidOptionError, checkWord } from '../otp/option.js';
import { type LeaseTerms, outlastedMs } from './lease.js';
import type { TakeoverPolicy } from './takeover-policy.js';

/**
 * How sure a supervisor is that a child runs once.
 *
 * - `shared`: in the end. While the cluster is split, or a node stands still, a child that was
 *   started again may live twice for a while.
 * - `exclusive`: always. A child handles and sends only while its node has a lease, so it pauses
 *   where its supervisor is out of reach, and its replacement waits until that lease is over. Only
 *   a handler that runs on without an `await` past the end of the lease is not interrupted.
 */
export type PlacementGuarantee = 'shared' | 'exclusive';

/** What the supervisor is started with, as far as it bears on leases. */
export interface ExclusiveChoice {
  readonly placement?: PlacementGuarantee;
  readonly leaseMs?: number;
  readonly clockDriftMax?: number;
}

/** How the cluster notices a loss. */
export interface LossDetection {
  readonly heartbeatIntervalMs: number;
  readonly heartbeatMissThreshold: number;
}

/** The terms of the leases that the options ask for; `undefined` for none. */
export function leaseTerms(
  choice: ExclusiveChoice,
  takeover: TakeoverPolicy | undefined,
  detection: LossDetection,
): LeaseTerms | undefined {
  const { placement = 'shared', leaseMs, clockDriftMax } = choice;
  checkWord('placement', ['shared', 'exclusive'], placement);
  if (placement === 'shared') {
    if (leaseMs !== undefined) refuse('leaseMs', "to go with placement: 'exclusive'", leaseMs);
    if (clockDriftMax === undefined) return undefined;
    return refuse('clockDriftMax', "to go with placement: 'exclusive'", clockDriftMax);
  }
  if (takeover === undefined || takeover.votesNeeded * 2 <= takeover.voters.length) {
    const expected =
      "to go with { takeover } and partition: 'majority', or a quorum of more than half of the " +
      'voters: otherwise two sides of a split could each run the child';
    return refuse('placement', expected, placement);
  }
  const tookMs = lossAndTakeoverMs(detection);
  const terms = {
    leaseMs: leaseMs ?? 2 * tookMs,
    driftMax: clockDriftMax ?? DRIFT_MAX_DEFAULT,
  };
  if (!(typeof terms.leaseMs === 'number' && terms.leaseMs > tookMs && terms.leaseMs < Infinity)) {
    const expected = `milliseconds above ${tookMs}, which it takes to notice a loss and take over`;
    return refuse('leaseMs', expected, leaseMs);
  }
  if (!(typeof terms.driftMax === 'number' && terms.driftMax >= 0 && terms.driftMax <= 0.5)) {
    return refuse('clockDriftMax', 'a ratio from 0 to 0.5, such as 0.01 for 1 %', clockDriftMax);
  }
  return terms;
}

/** How long it takes from the loss of a node until another one goes on with its supervisors. */
export function lossAndTakeoverMs({
  heartbeatIntervalMs,
  heartbeatMissThreshold,
}: LossDetection): number {
  return heartbeatIntervalMs * (heartbeatMissThreshold + 1 + ELECTION_INTERVALS);
}

/** Children of an exclusive supervisor have to wait for its next owner at least as long. */
export function orphanTimeoutFloorMs({ leaseMs, driftMax }: LeaseTerms): number {
  return outlastedMs(leaseMs, driftMax);
}

function refuse(option: string, expected: string, given: unknown): never {
  throw new InvalidOptionError(option, expected, given);
}

/** Better than any crystal, and than most virtual machines. */
const DRIFT_MAX_DEFAULT = 0.01;
// Two rounds, should two standbys ask at once.
const ELECTION_INTERVALS = 2;
