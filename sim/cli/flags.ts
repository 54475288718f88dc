/** What a flag takes after it; a flag without it is a switch. */
export interface FlagHelp {
  readonly value?: string;
  readonly help: readonly string[];
  /** For tests, or for what is not there yet: not in the help. */
  readonly isHidden?: true;
}

/** The flags of one purpose, under its heading in the help. */
export interface FlagGroup {
  readonly title: string;
  readonly names: readonly FlagName[];
}

/** Every flag of `sim`, in the order of the help. */
export const FLAGS = {
  nodes: { value: 'N', help: ['how many nodes the cluster has (5)'] },
  children: { value: 'C', help: ['how many children are supervised (two for each node)'] },
  strategy: { value: 'NAME', help: ['one_for_one, one_for_all or rest_for_one (one_for_one)'] },
  selector: {
    value: 'NAME',
    help: ['local_first, round_robin, least_loaded or random (round_robin)'],
  },
  module: { value: 'FILE', help: ['your own behaviours instead of the counters'] },
  seed: { value: 'S', help: ['what everything is drawn from, a whole number (drawn)'] },
  duration: {
    value: 'TIME',
    help: ['virtual time, such as 45, 45s, 1500ms or 2m (long enough to settle)'],
  },
  scenario: { value: 'NAME', help: ['a story with a name; list prints them all'] },
  kill: {
    value: 'K',
    help: [
      'how many nodes are killed; not the first one, which runs the supervisor,',
      'unless --takeover (2, or 0 beside --faults, --partition and --heartbeat-loss)',
    ],
  },
  restart: { help: ['nodes that were killed come back under the same id'] },
  partition: { value: 'N', help: ['how many nodes are cut off from the rest for a while'] },
  'heartbeat-loss': {
    value: 'P',
    help: ['share of the heartbeats that get lost, such as 0.3 or 30%'],
  },
  latency: { value: 'MIN-MAX', help: ['of each frame, in milliseconds, such as 0.2-5 or 50'] },
  faults: {
    value: 'LIST',
    help: [
      'kinds to draw faults from, such as pause,one-way; all of them: crash, restart,',
      'leave, pause, partition, one-way, cut, frame-loss, latency, clog, flap, clock,',
      'slow, datagram; or swarm: each seed draws its kinds and everything about them',
    ],
  },
  order: {
    value: 'NAME',
    help: ['of processes that are ready: fifo, or priorities, drawn and changed (fifo)'],
  },
  lane: {
    value: 'NAME',
    help: [
      'worker: each node is a thread of its own; inproc: all nodes in one thread,',
      'faster; both: one after the other, their traces compared (worker; inproc',
      'for many runs)',
    ],
  },
  'check-determinism': { help: ['run it twice, and in the other lane too; compare the traces'] },
  'until-event': { value: 'N', help: ['stop before this event of the trace, and show the last'] },
  runs: { value: 'N', help: ['this many seeds, one after another from --seed on'] },
  jobs: { value: 'N', help: ['how many runs go on at a time (one for each core)'] },
  budget: {
    value: 'TIME',
    help: [
      'end the search after this much real time, such as 90s or 10m; failure: at the',
      'first seed that fails; both: 10m,failure',
    ],
  },
  shrink: { help: ['on failure, look for the smallest plan that still fails, and write it down'] },
  replay: { value: 'FILE', help: ['run what --shrink has written: is it still broken?'] },
  trace: { value: 'FILE', help: ['draw the run, by the name: .html, .ndjson or .shiviz'] },
  json: { help: ['print one JSON object and nothing else'] },
  quiet: { help: ['print the verdict and the command that replays it, nothing else'] },
  plant: { value: 'NAME', help: ['run with a planted bug'], isHidden: true },
  takeover: {
    help: ['another node takes the supervisor over when its own is lost'],
  },
  exclusive: {
    help: ['--takeover by majority, and no child ever acts twice: its node needs a lease'],
  },
  help: { help: ['print this'] },
  version: { help: ['print the version'] },
} as const satisfies Readonly<Record<string, FlagHelp>>;

export type FlagName = keyof typeof FLAGS;

export const FLAG_GROUPS: readonly FlagGroup[] = [
  {
    title: 'The cluster',
    names: ['nodes', 'children', 'strategy', 'selector', 'module'],
  },
  {
    title: 'What happens to it',
    names: [
      ...(['seed', 'duration', 'scenario', 'kill', 'restart'] as const),
      ...(['takeover', 'exclusive', 'partition'] as const),
      ...(['heartbeat-loss', 'latency', 'faults', 'order'] as const),
    ],
  },
  {
    title: 'How it runs',
    names: ['lane', 'check-determinism', 'until-event'],
  },
  {
    title: 'The search',
    names: ['runs', 'jobs', 'budget', 'shrink', 'replay'],
  },
  {
    title: 'What is printed',
    names: ['trace', 'json', 'quiet', 'help', 'version'],
  },
];
