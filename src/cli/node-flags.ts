import type { Flag } from './flag-reading.js';

/** Every flag of `node`, in the order of the help. */
export const NODE_FLAGS = {
  name: {
    value: 'NAME',
    help: ['the name part of its id: a letter, then letters, digits, _ or -'],
  },
  host: {
    value: 'HOST',
    help: ['where it listens (127.0.0.1); any other needs a secret, or --tls-ca'],
  },
  port: { value: 'PORT', help: ['where it listens (4369); 0 takes one that is free'] },
  'advertise-host': { value: 'HOST', help: ['the host part of its id: what others dial'] },
  seed: {
    value: 'ID',
    help: [
      'a node to join, as name@host:port; give it once for each. One that is',
      'down is tried again',
    ],
  },
  dns: { value: 'HOST:PORT', help: ['join whoever listens at PORT of the addresses of HOST'] },
  srv: { value: 'NAME', help: ['join whom the SRV records of NAME point at'] },
  bonjour: {
    value: 'NAME',
    help: [
      'join the nodes of the local network that announce themselves under NAME,',
      'and announce this one (multicast DNS)',
    ],
  },
  module: {
    value: 'FILE',
    help: [
      'exports behaviors, a behaviour for each name that others may start here,',
      'or setup(), which is called once the node can be reached, or both',
    ],
  },
  'secret-file': {
    value: 'FILE',
    help: ['holds what all nodes of the cluster know, and nobody else'],
  },
  secret: {
    value: 'TEXT',
    help: [
      'the same; other users of this machine may read it, so a file or the',
      'variable FAULTLINE_SECRET is better',
    ],
  },
  'tls-cert': { value: 'FILE', help: ['certificate for TLS links, as PEM'] },
  'tls-key': { value: 'FILE', help: ['its key, as PEM'] },
  'tls-ca': { value: 'FILE', help: ['who signs the certificates that all others have to show'] },
  'allow-unauthenticated': { help: ['take anybody in: only on a network that you trust entirely'] },
  heartbeat: { value: 'TIME', help: ['between heartbeats, such as 500ms or 5s (5s)'] },
  'heartbeat-misses': { value: 'N', help: ['how many may be missing before a node is lost (3)'] },
  drain: {
    value: 'TIME',
    help: ['how long what it runs may take to end when it leaves (10s)'],
  },
  json: { help: ['print each event as one line of JSON'] },
  quiet: { help: ['print warnings and errors only'] },
  help: { help: ['print this'] },
  version: { help: ['print the version'] },
} as const satisfies Readonly<Record<string, Flag>>;

export type NodeFlagName = keyof typeof NODE_FLAGS;

export const NODE_FLAG_GROUPS: readonly {
  readonly title: string;
  readonly names: readonly NodeFlagName[];
}[] = [
  { title: 'The node', names: ['name', 'host', 'port', 'advertise-host', 'module', 'drain'] },
  {
    title: 'Whom it joins',
    names: ['seed', 'dns', 'srv', 'bonjour', 'heartbeat', 'heartbeat-misses'],
  },
  {
    title: 'Who may join it',
    names: [
      ...(['secret-file', 'secret', 'tls-cert', 'tls-key', 'tls-ca'] as const),
      'allow-unauthenticated',
    ],
  },
  { title: 'What is printed', names: ['json', 'quiet', 'help', 'version'] },
];
