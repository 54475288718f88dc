/** The module of the thread nodes of the tests. */
import { NodeId } from '../../base/node-id.js';
import { GlobalRegistry } from '../../cluster/registry-facades.js';
import type { GenServerBehavior } from '../../otp/behavior.js';
import { GenServer } from '../../otp/facades.js';
import { Cluster } from '../cluster.js';

type Question =
  'threadId' | 'count' | 'args' | 'env' | { readonly up: string } | { readonly down: string };

interface Seen {
  readonly count: number;
}

/** Answers what it is asked about its node, and ends it in several ways. */
const observer: GenServerBehavior<Seen, Question, 'add' | 'throw' | 'exit', unknown> = {
  init: () => ({ count: 0 }),
  handleCall: async (question, state) => {
    if (question === 'count') return [state.count, state];
    if (question === 'env') return [process.env['FAULTLINE_TEST'], state];
    if (typeof question === 'string') return [question, state];
    if ('up' in question) return [await up(NodeId.parse(question.up)), state];
    return [await down(question.down), state];
  },
  handleCast: (word, state) => {
    if (word === 'exit') process.exit(7);
    if (word === 'throw') void Promise.reject(new RangeError('nobody catches this'));
    return { count: state.count + 1 };
  },
};

export const behaviors = { observer };

export async function setup(cluster: typeof Cluster, args: unknown): Promise<void> {
  const { fails, hangs, name } = (args ?? {}) as Record<string, unknown>;
  if (fails === true) throw new RangeError('this setup fails');
  if (hangs === true) await new Promise<never>(() => undefined);
  if (typeof name !== 'string') return;
  const server = await GenServer.start(observer);
  await GlobalRegistry.register(`${name} of ${cluster.getLocalNodeId()}`, server);
}

function up(nodeId: NodeId): Promise<string> {
  return new Promise((resolve) => {
    if (Cluster.isNodeConnected(nodeId)) resolve(nodeId);
    Cluster.onNodeUp(({ id }) => {
      if (id === nodeId) resolve(id);
    });
  });
}

function down(nodeId: string): Promise<string> {
  return new Promise((resolve) => {
    Cluster.onNodeDown((id, reason) => {
      if (id === nodeId) resolve(reason);
    });
  });
}
