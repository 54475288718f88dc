import { AfterStopChecker } from './after-stop.js';
import { CallsChecker } from './calls.js';
import type { CheckerFactory } from './checker.js';
import { ExclusiveChecker } from './exclusive.js';
import { FairnessChecker } from './fairness.js';
import { FinalCallsChecker } from './final-calls.js';
import { HeldChildrenChecker } from './held-children.js';
import { LinksChecker } from './links.js';
import { MembershipAgreementChecker } from './membership-agreement.js';
import { MembershipChecker } from './membership.js';
import { MonitorsChecker } from './monitors.js';
import { NamesAgreementChecker } from './names-agreement.js';
import { NamesChecker } from './names.js';
import { PendingCallsChecker } from './pending-calls.js';
import { PermanentChildrenChecker } from './permanent-children.js';
import { ReconnectionChecker } from './reconnection.js';
import { RestartIntensityChecker } from './restart-intensity.js';
import { RestingChildrenChecker } from './resting-children.js';
import { SingleIncarnationChecker } from './single-incarnation.js';
import { StartOrderChecker } from './start-order.js';
import { TakeoverChecker } from './takeover.js';

/**
 * Every checker that a run can ask for by name: names cross threads, functions do not. What must
 * hold always begins with S; what must hold in the end begins with L, and is judged in the end, or
 * when its time is over. Where several find fault with one event, the first one has the word.
 */
export const checkerFactories: Readonly<Record<string, CheckerFactory>> = {
  S1: () => new RestartIntensityChecker(),
  S2: () => new StartOrderChecker(),
  S3: () => new SingleIncarnationChecker(),
  S3x: () => new ExclusiveChecker(),
  S4: () => new RestingChildrenChecker(),
  S5: () => new FairnessChecker(),
  S6: () => new CallsChecker(),
  S7: () => new MonitorsChecker({ tellsLosses: true }),
  S8: () => new LinksChecker(),
  S9: () => new NamesChecker(),
  S10: () => new MembershipChecker(),
  S11: () => new AfterStopChecker(),
  L6: () => new ReconnectionChecker(),
  L5: () => new HeldChildrenChecker(),
  L7: () => new PendingCallsChecker(),
  L1: () => new PermanentChildrenChecker(),
  L2: () => new MembershipAgreementChecker(),
  L8: () => new FinalCallsChecker(),
  L3: () => new NamesAgreementChecker(),
  L4: () => new TakeoverChecker(),
};

/** Promises whose feature does not exist yet, by the feature that brings their checker. */
export const laterCheckers: Readonly<Record<string, string>> = {};
