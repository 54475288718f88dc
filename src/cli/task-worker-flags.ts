import type { FlagGroup } from './flag-help.js';
import type { FlagTable } from './flag-reading.js';

/** Every flag of `task-worker`, in the order of the help. */
export const TASK_WORKER_FLAGS = {
  master: {
    value: 'URL',
    help: ['the coordinator, as http://127.0.0.1:4000; found by Bonjour without it'],
  },
  'service-type': { value: 'NAME', help: ['what the coordinator announces itself as (eventbus)'] },
  module: {
    value: 'FILE',
    help: [
      'does the tasks: its default export, or its export run, is called with',
      '(task, { attempt, signal }), and what it returns is the result. It may be',
      'TypeScript. Without it, tasks run the project that is shipped with them',
    ],
  },
  types: { value: 'A,B', help: ['which tasks it takes (*: all)'] },
  concurrency: { value: 'N', help: ['how many at a time (1)'] },
  name: { value: 'ID', help: ['what it is known as; the same over restarts is known again'] },
  timeout: { value: 'TIME', help: ['how long a task may run (10m); a task may ask for less'] },
  memory: { value: 'MB', help: ['heap of each program that is shipped (512)'] },
  work: { value: 'FOLDER', help: ['where shipped projects are kept (faultline-work)'] },
  'allow-code-execution': {
    help: ['run what a coordinator on another machine ships; needs a token too'],
  },
  'allow-install-scripts': { help: ['let packages run scripts while they are installed'] },
  'token-file': { value: 'FILE', help: ["holds the coordinator's token"] },
  token: {
    value: 'TEXT',
    help: [
      'the same; other users of this machine may read it, so a file or the',
      'variable FAULTLINE_TOKEN is better',
    ],
  },
  drain: { value: 'TIME', help: ['how long running tasks may take when it stops (30s)'] },
  json: { help: ['print each event as one line of JSON'] },
  quiet: { help: ['print warnings and errors only'] },
  help: { help: ['print this'] },
  version: { help: ['print the version'] },
} as const satisfies FlagTable;

export type TaskWorkerFlagName = keyof typeof TASK_WORKER_FLAGS;

export const TASK_WORKER_FLAG_GROUPS: readonly FlagGroup<TaskWorkerFlagName>[] = [
  { title: 'Its coordinator', names: ['master', 'service-type', 'token-file', 'token'] },
  {
    title: 'Its tasks',
    names: ['module', 'types', 'concurrency', 'name', 'timeout', 'drain'],
  },
  {
    title: 'Programs that are shipped with tasks',
    names: ['work', 'memory', 'allow-code-execution', 'allow-install-scripts'],
  },
  { title: 'What is printed', names: ['json', 'quiet', 'help', 'version'] },
];
