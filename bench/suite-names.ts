/** Every suite and what it is about: what the command shows without loading any of them. */
export const SUITES = {
  call: 'calls to a local server',
  cast: 'casts to a local server',
  port: 'frames over a MessagePort, echoed by another thread',
  'net-call': 'calls to a server of another node',
  'net-cast': 'casts to a server of another node',
  'net-large': 'a large message beside heartbeats',
  nodes: 'ten nodes in processes of their own, 20 times',
  failover: 'a thousand children whose process is killed, 10 times',
  hostile: 'a million frames of strangers',
  codec: 'messages to frames and back',
  restart: 'restarts of supervised children',
  idle: 'ten thousand idle children',
  exit: 'the end of a script',
  sim: 'the simulator',
  'sim-threads': 'the threads of simulated nodes',
  'sim-sweep': 'the memory of a sweep of seeds',
  tasks: 'tasks over Socket.IO',
} as const;

export type SuiteName = keyof typeof SUITES;

export const suiteNames = Object.keys(SUITES) as SuiteName[];
