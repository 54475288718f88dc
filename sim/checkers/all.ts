import { CallsChecker } from './calls.js';
import type { CheckerFactory } from './checker.js';
import { FinalCallsChecker } from './final-calls.js';
import { MembershipAgreementChecker } from './membership-agreement.js';
import { MonitorsChecker } from './monitors.js';
import { PermanentChildrenChecker } from './permanent-children.js';
import { RestartIntensityChecker } from './restart-intensity.js';
import { SingleIncarnationChecker } from './single-incarnation.js';
import { StartOrderChecker } from './start-order.js';

/**
 * Every checker that a run can ask for by name: names cross threads, functions do not. What must
 * hold always begins with S; what must hold in the end begins with L, and is judged in the end.
 */
export const checkerFactories: Readonly<Record<string, CheckerFactory>> = {
  S1: () => new RestartIntensityChecker(),
  S2: () => new StartOrderChecker(),
  S3: () => new SingleIncarnationChecker(),
  S6: () => new CallsChecker(),
  S7: () => new MonitorsChecker({ tellsLosses: true }),
  L1: () => new PermanentChildrenChecker(),
  L2: () => new MembershipAgreementChecker(),
  L8: () => new FinalCallsChecker(),
};
