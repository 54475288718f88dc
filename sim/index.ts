/**
 * Deterministic simulation of a cluster, for tests: the same seed gives the same run.
 */
export { type BundleSource, BundleError } from './bundle.js';
export type { Checker, CheckerFactory, Violation } from './checkers/checker.js';
export { type LaneName, type ThreadEnd, type ThreadInfo, TurnOverrunError } from './lanes/lane.js';
export * from './plan.js';
export type { NodeBundle, NodeContext, NodeProgram } from './program.js';
export type { NodeSpec, RunConfig } from './run-config.js';
export type { RunFollower } from './run-follower.js';
export { nodeSpec, runConfig, simulate, type SimOptions, type SimReport } from './simulate.js';
export type { TraceEntry, TraceKind, TracePoint } from './trace.js';
export type { NodeBoot, NodeFailure, Observation } from './turn.js';
export type { EndReason, FailedNode, Observed } from './world-report.js';
