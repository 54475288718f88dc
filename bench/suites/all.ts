import type { Suite } from '../figure.js';
import type { SuiteName } from '../suite-names.js';
import { callSuite } from './call.js';
import { castSuite } from './cast.js';
import { codecSuite } from './codec.js';
import { exitSuite } from './exit.js';
import { failoverSuite } from './failover.js';
import { hostileSuite } from './hostile.js';
import { idleSuite } from './idle.js';
import { netCallSuite } from './net-call.js';
import { netCastSuite } from './net-cast.js';
import { netLargeSuite } from './net-large.js';
import { nodesSuite } from './nodes.js';
import { portSuite } from './port.js';
import { restartSuite } from './restart.js';
import { simSuite } from './sim.js';
import { simSweepSuite } from './sim-sweep.js';
import { simThreadsSuite } from './sim-threads.js';
import { tasksSuite } from './tasks.js';

export const suites: Readonly<Record<SuiteName, Suite>> = {
  call: callSuite,
  cast: castSuite,
  port: portSuite,
  'net-call': netCallSuite,
  'net-cast': netCastSuite,
  'net-large': netLargeSuite,
  nodes: nodesSuite,
  failover: failoverSuite,
  hostile: hostileSuite,
  codec: codecSuite,
  restart: restartSuite,
  idle: idleSuite,
  exit: exitSuite,
  sim: simSuite,
  'sim-threads': simThreadsSuite,
  'sim-sweep': simSweepSuite,
  tasks: tasksSuite,
};
