import { here } from '../runtime/default-runtime.js';
import { THREAD_HOST } from './thread-host.js';
import type { ThreadNode, ThreadNodeOptions } from './thread-options.js';

/**
 * Starts a node in another thread of this process, on a core of its own if there is one. Resolves
 * when it has joined this node and the `setup` of its module is done.
 *
 * The thread nodes of a host and the host itself form one cluster and exchange messages without a
 * network. A host that is no node yet becomes one, `main@thread:1` or so, which these threads alone
 * can reach. One that listens on the network has thread nodes that listen there too, at ports of
 * their own, so that every other node can reach them. A thread that crashes is a lost node to the
 * others, at once; a name that is started again is the same node in a later life, except where the
 * port in its id is a new one.
 *
 * `module` is a URL or a path; `ThreadModule` says what it exports. TypeScript is compiled for the
 * thread. A thread node holds the process alive until it is stopped, itself or with the
 * cluster of its host.
 *
 * Rejects with ThreadModuleError, ThreadStartError, InvalidClusterConfigError, InvalidOptionError.
 */
export async function startThreadNode(
  module: string | URL,
  options: ThreadNodeOptions = {},
): Promise<ThreadNode> {
  return here().use(THREAD_HOST).start(module, options);
}
