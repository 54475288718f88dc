/** What a flag takes after it; a flag without it is a switch. */
export interface FlagHelp {
  readonly value?: string;
  readonly help: readonly string[];
  /** For tests: not in the help. */
  readonly isHidden?: true;
}

/** Every flag of `sim`, in the order of the help. */
export const FLAGS = {
  nodes: { value: 'N', help: ['how many nodes the cluster has (5)'] },
  kill: {
    value: 'K',
    help: [
      'how many of them are killed, never the first one: it runs the supervisor,',
      'and no other node can take a supervisor over yet (2)',
    ],
  },
  seed: { value: 'S', help: ['what everything is drawn from, a whole number (drawn)'] },
  children: { value: 'C', help: ['how many children are supervised (two for each node)'] },
  strategy: { value: 'NAME', help: ['one_for_one, one_for_all or rest_for_one (one_for_one)'] },
  selector: {
    value: 'NAME',
    help: ['local_first, round_robin, least_loaded or random (round_robin)'],
  },
  duration: {
    value: 'TIME',
    help: ['virtual time, such as 45, 45s, 1500ms or 2m (long enough to settle)'],
  },
  lane: {
    value: 'NAME',
    help: [
      'worker: each node is a thread of its own; inproc: all nodes in one thread,',
      'faster; both: one after the other, their traces compared (worker)',
    ],
  },
  'check-determinism': { help: ['run it twice, and in the other lane too; compare the traces'] },
  json: { help: ['print one JSON object and nothing else'] },
  quiet: { help: ['print the verdict and the command that replays it, nothing else'] },
  plant: { value: 'NAME', help: ['run with a planted bug'], isHidden: true },
  help: { help: ['print this'] },
  version: { help: ['print the version'] },
} as const satisfies Readonly<Record<string, FlagHelp>>;

export type FlagName = keyof typeof FLAGS;
