import { Cluster } from '../index.js';
import { columns } from './command-line.js';

/** The nodes that this one sees, itself first. */
export function nodeTable(): string[] {
  const others = [...Cluster.getNodes()].filter(({ status }) => status === 'connected');
  return columns([
    ['node', 'status', 'processes'],
    [Cluster.getLocalNodeId(), 'this node', ''],
    ...others.map(({ id, suspect, processCount }) => [
      id,
      suspect ? 'out of reach' : 'connected',
      processCount,
    ]),
  ]);
}
