import type { ClusterService } from '../../src/cluster/cluster.js';
import type { DistributedSupervisorRef } from '../../src/distributed/distributed-event.js';
import { DISTRIBUTED_SUPERVISORS } from '../../src/distributed/distributed-supervisor.js';
import { NODE_SUPERVISORS } from '../../src/distributed/node-supervisors.js';
import { GenServer } from '../../src/otp/facades.js';
import type { Runtime } from '../../src/runtime/runtime.js';
import type { Observation } from '../turn.js';
import { CALL_TIMEOUT_MS, codeOf } from './asking.js';
import type { CounterMessage, CounterReply } from './counter.js';

export interface LastWordsSource {
  readonly runtime: Runtime;
  readonly cluster: ClusterService;
  /** The supervisor that runs on this node. */
  readonly supervisor: DistributedSupervisorRef | undefined;
  readonly childIds: readonly string[];
  observe(observation: Observation): void;
}

/** Tells the checkers how a node sees the cluster, and calls every child once more. */
export function lastWords(source: LastWordsSource): void {
  const { cluster, supervisor, childIds, observe } = source;
  const { node } = cluster;
  const members = node.connectedNodes().map(({ id }) => {
    return { nodeId: id, incarnation: (node.member(id)?.incarnation ?? 0n).toString() };
  });
  observe({ kind: 'final_members', members });
  const names = node.registry.getNames().map((name) => [name, node.registry.whereis(name)?.id]);
  observe({ kind: 'final_names', names });
  if (supervisor !== undefined) tellTable(source, supervisor);
  for (const id of childIds) callOnce(source, id);
}

function tellTable(
  { runtime, observe }: LastWordsSource,
  supervisor: DistributedSupervisorRef,
): void {
  const supervisors = runtime.use(DISTRIBUTED_SUPERVISORS);
  const isHere = runtime.use(NODE_SUPERVISORS).host(supervisor.id) !== undefined;
  if (!isHere) return observe({ kind: 'final_stopped' });
  const children = supervisors.getChildren(supervisor).map(({ id, ref, nodeId, restartCount }) => {
    return { childId: id, processId: ref.id, nodeId, restartCount };
  });
  const { totalRestarts, nodeFailureRestarts } = supervisors.getStats(supervisor);
  observe({ kind: 'final_table', children, totalRestarts, nodeFailureRestarts });
}

function callOnce({ cluster, observe }: LastWordsSource, child: string): void {
  const tell = (outcome: string): void => observe({ kind: 'final_call', child, outcome });
  const ref = cluster.node.registry.whereis(child);
  if (ref === undefined) return tell('no name');
  const message: CounterMessage = { from: 'final', number: 0, op: -1 };
  GenServer.call<CounterReply>(ref, message, { timeout: CALL_TIMEOUT_MS }).then(
    () => tell('reply'),
    (error: unknown) => tell(codeOf(error)),
  );
}
