/**
 * Deterministic simulation of a cluster, for tests: the same seed gives the same run.
 *
 * `simulate` runs a module of your own on every node of a cluster, with faults and a workload, and
 * judges your invariants. `runPrograms` is the engine below: node programs, and nothing else.
 *
 * @module faultline/sim
 */
export { type BundleSource, BundleError } from './bundle.js';
export type { Checker, CheckerFactory, Violation } from './checkers/checker.js';
export { type DrawStream, Draws } from './draw.js';
export { assertPlan } from './faults/plan-check.js';
export * from './faults/verbs.js';
export { type LaneName, type ThreadEnd, type ThreadInfo, TurnOverrunError } from './lanes/lane.js';
export {
  arbitraries,
  type FastCheck,
  type FaultPlanRange,
  type SimulationArbitraries,
  type WorkloadRange,
} from './library/arbitraries.js';
export { type Failure, findFailure, type FindOptions } from './library/failure.js';
export {
  type AlwaysCheck,
  type Invariant,
  type ObservedRun,
  type Told,
} from './library/invariant.js';
export { type Matched, type MatcherPlace, simulationMatchers } from './library/matchers.js';
export { type ModuleRunOptions, runModule } from './library/module-run.js';
export { planLines, planText } from './library/plan-text.js';
export { simulate } from './library/simulate.js';
export { simulated, SimulationFailedError } from './library/simulated.js';
export {
  type ClusterPace,
  type Seeds,
  type SimulateOptions,
  SimulationOptionError,
} from './library/simulation-options.js';
export type { OperationCounts, SimulationReport } from './library/simulation-report.js';
export { told, type ToldAnchor } from './library/told-anchor.js';
export {
  type Drawn,
  type NodeBehaviors,
  type Scene,
  type SimulatedModule,
  SimulatedModuleError,
  type SimulatedNode,
} from './library/user-module.js';
export * from './plan.js';
export type { NodeBundle, NodeContext, NodeProgram } from './program.js';
export type { NodeSpec, RunConfig } from './run-config.js';
export type { KeepObserved, RunFollower } from './run-follower.js';
export type { Checked } from './run.js';
export { type PlanShrinkOptions, shrink } from './shrink/shrink.js';
export type { ShrinkEnd, Shrunk } from './shrink/shrinking.js';
export {
  nodeSpec,
  runConfig,
  simulate as runPrograms,
  type SimOptions,
  type SimReport,
} from './simulate.js';
export type { TraceEntry, TraceKind, TracePoint } from './trace.js';
export type {
  BufferLimits,
  DurableEntry,
  NodeBoot,
  NodeFailure,
  Observation,
  TurnOrderName,
} from './turn.js';
export type { EndReason, FailedNode, FaultRecord, Observed } from './world-report.js';
