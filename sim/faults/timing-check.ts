import {
  checkCount,
  checkKnown,
  checkNode,
  checkRecord,
  checkShare,
  checkTime,
  type Fields,
  optional,
  type Place,
} from './value-check.js';

/** Checks when a fault strikes: at a time or after an event, and not both. */
export function checkWhen({ atMs, after }: Fields, { path, nodes }: Place): void {
  if ((atMs === undefined) === (after === undefined)) {
    const got = atMs === undefined ? 'neither' : 'both';
    throw new TypeError(`Expected ${path} to have either atMs or after, got ${got}`);
  }
  if (after === undefined) return checkTime(atMs, { path: `${path}.atMs`, nodes });
  checkAnchor(after, { path: `${path}.after`, nodes });
}

function checkAnchor(anchor: unknown, place: Place): void {
  const { event, what, node, peer, nth, plusMs } = checkRecord(anchor, place.path);
  const { path, nodes } = place;
  const within = (field: string): Place => ({ path: `${path}.${field}`, nodes });
  checkKnown(event, ['sent', 'delivered', 'observed'], `${path}.event`);
  if (what !== undefined && typeof what !== 'string') {
    throw new TypeError(`Expected ${path}.what to name a frame or an observation`);
  }
  if (event === 'observed' && peer !== undefined) {
    throw new TypeError(`Expected no ${path}.peer: an observation has one node only`);
  }
  optional(node, within('node'), checkNode);
  optional(peer, within('peer'), checkNode);
  optional(plusMs, within('plusMs'), checkTime);
  if (nth === undefined) return;
  checkCount(nth, within('nth'));
  if (nth === 0) throw new RangeError(`Expected ${path}.nth to count from 1, got 0`);
}

/** Checks a distribution of delays. */
export function checkDelay(delay: unknown, { path, nodes }: Place): void {
  const fields = checkRecord(delay, path);
  const { kind } = fields;
  checkKnown(kind, Object.keys(DELAYS), `${path}.kind`);
  for (const field of DELAYS[kind as keyof typeof DELAYS]) {
    const place = { path: `${path}.${field}`, nodes };
    if (field === 'slowShare') checkShare(fields[field], place);
    else checkTime(fields[field], place);
  }
  const { minMs, maxMs } = fields as { minMs?: number; maxMs?: number };
  if (minMs === undefined || maxMs === undefined || minMs <= maxMs) return;
  throw new RangeError(`Expected ${path}.maxMs to be ${minMs} or more, got ${maxMs}`);
}

const DELAYS = {
  constant: ['ms'],
  uniform: ['minMs', 'maxMs'],
  exponential: ['meanMs'],
  bimodal: ['fastMs', 'slowMs', 'slowShare'],
} as const;
