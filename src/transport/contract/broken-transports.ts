import { brokenFlows } from './broken-flows.js';
import { brokenFrames } from './broken-frames.js';
import { brokenHandlers } from './broken-handlers.js';
import { brokenLives } from './broken-lives.js';
import type { BrokenTransport } from './tampering.js';

/** Every law is broken by at least one of these. They hold state: each law gets fresh ones. */
export function brokenTransports(): readonly BrokenTransport[] {
  return [...brokenLives(), ...brokenFrames(), ...brokenFlows(), ...brokenHandlers()];
}
