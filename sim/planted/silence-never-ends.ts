import {
  FailureDetector as Original,
  type Verdict,
  type Watch,
} from '../../src/cluster/failure-detector.js';

export * from '../../src/cluster/failure-detector.js';

/** A node that suspects a silent peer for ever. */
export class FailureDetector extends Original {
  override verdict(watch: Watch, nowMs: number): Verdict {
    return super.verdict(watch, nowMs) === 'alive' ? 'alive' : 'suspect';
  }
}
