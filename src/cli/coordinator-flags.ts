import type { FlagGroup } from './flag-help.js';
import type { FlagTable } from './flag-reading.js';

/** Every flag of `coordinator`, in the order of the help. */
export const COORDINATOR_FLAGS = {
  port: { value: 'PORT', help: ['where workers connect (4000); 0 takes one that is free'] },
  'http-port': {
    value: 'PORT',
    help: ['where the page and the HTTP interface are (5000); 0 as above'],
  },
  host: { value: 'HOST', help: ['where it listens (127.0.0.1); any other needs a token'] },
  store: {
    value: 'FOLDER',
    help: ['where tasks are kept, over restarts too (.faultline/tasks-PORT)'],
  },
  memory: { help: ['keep tasks in memory alone: they end with the coordinator'] },
  projects: {
    value: 'FOLDER',
    help: ['holds a folder for each project; tasks that name one ship its files'],
  },
  'service-type': { value: 'NAME', help: ['what it announces itself as by Bonjour (eventbus)'] },
  'no-bonjour': { help: ['do not announce it: workers are told its address'] },
  lease: {
    value: 'TIME',
    help: ['how long a worker may be silent before its task goes elsewhere (30s)'],
  },
  retries: { value: 'N', help: ['how often a task that failed is tried again (3)'] },
  'pending-max': { value: 'N', help: ['how many tasks may wait; more are refused (100000)'] },
  'token-file': { value: 'FILE', help: ['holds what workers and requests have to show'] },
  token: {
    value: 'TEXT',
    help: [
      'the same; other users of this machine may read it, so a file or the',
      'variable FAULTLINE_TOKEN is better',
    ],
  },
  json: { help: ['print each event as one line of JSON'] },
  quiet: { help: ['print warnings and errors only'] },
  help: { help: ['print this'] },
  version: { help: ['print the version'] },
} as const satisfies FlagTable;

export type CoordinatorFlagName = keyof typeof COORDINATOR_FLAGS;

export const COORDINATOR_FLAG_GROUPS: readonly FlagGroup<CoordinatorFlagName>[] = [
  { title: 'Where it is', names: ['port', 'http-port', 'host', 'service-type', 'no-bonjour'] },
  {
    title: 'Its tasks',
    names: ['store', 'memory', 'projects', 'lease', 'retries', 'pending-max'],
  },
  { title: 'Who may ask it', names: ['token-file', 'token'] },
  { title: 'What is printed', names: ['json', 'quiet', 'help', 'version'] },
];
