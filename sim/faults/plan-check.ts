import { describe } from '../../src/base/errors.js';
import { FRAME_KINDS } from '../../src/cluster/frame-kind.js';
import type { Plan } from '../plan.js';
import { checkDelay, checkWhen } from './timing-check.js';
import {
  checkAmount,
  checkCount,
  checkKnown,
  checkList,
  checkNode,
  checkNodes,
  checkRecord,
  checkShare,
  checkTime,
  type Fields,
  optional,
  type Place,
} from './value-check.js';

/**
 * Throws on a plan that cannot be carried out on so many nodes: a `RangeError` for a number out of
 * range and a node that is not there, a `TypeError` for everything else. The message names the
 * place, such as `plan.faults[2].node`.
 */
export function assertPlan(plan: Plan, nodes: number): void {
  const fields = checkRecord(plan, 'plan');
  checkList(fields['faults'], 'plan.faults').forEach((fault, at) =>
    assertFault(fault, nodes, `plan.faults[${at}]`),
  );
  checkList(fields['operations'], 'plan.operations').forEach((operation, at) => {
    const place = { path: `plan.operations[${at}]`, nodes };
    const { node, atMs } = checkRecord(operation, place.path);
    checkNode(node, fieldOf(place, 'node'));
    checkTime(atMs, fieldOf(place, 'atMs'));
  });
  if (fields['heal'] === undefined) return;
  const place = { path: 'plan.heal', nodes };
  const { atMs, core } = checkRecord(fields['heal'], place.path);
  checkTime(atMs, fieldOf(place, 'atMs'));
  optional(core, fieldOf(place, 'core'), checkNodes);
}

/** The same for one fault; `path` is what messages call it. */
export function assertFault(fault: unknown, nodes: number, path = 'fault'): void {
  const fields = checkRecord(fault, path);
  const { kind } = fields;
  const check = typeof kind === 'string' && Object.hasOwn(CHECKS, kind) ? CHECKS[kind] : undefined;
  if (check === undefined) {
    const known = Object.keys(CHECKS).join(', ');
    throw new TypeError(`Expected ${path}.kind to be one of ${known}, got ${describe(kind)}`);
  }
  const place = { path, nodes };
  checkWhen(fields, place);
  check(fields, place);
}

type Check = (fields: Fields, place: Place) => void;

const CHECKS: Readonly<Record<string, Check>> = {
  crash: all(node, returns, (fields, place) => {
    optional(fields['mode'], fieldOf(place, 'mode'), oneOf('closes', 'silent'));
    optional(fields['afterOutputs'], fieldOf(place, 'afterOutputs'), checkCount);
  }),
  restart: node,
  leave: all(node, returns),
  pause: all(node, span, (fields, place) =>
    optional(fields['resume'], fieldOf(place, 'resume'), oneOf('timers', 'frames')),
  ),
  partition: all(span, groups),
  'one-way': all(span, (fields, place) => {
    checkNodes(fields['from'], fieldOf(place, 'from'));
    checkNodes(fields['to'], fieldOf(place, 'to'));
  }),
  cut: all(span, (fields, place) => {
    const path = `${place.path}.pairs`;
    checkList(fields['pairs'], path).forEach((value, at) =>
      pair(value, { ...place, path: `${path}[${at}]` }),
    );
  }),
  'frame-loss': all(span, ends, (fields, place) => {
    checkShare(fields['probability'], fieldOf(place, 'probability'));
    const path = `${place.path}.frames`;
    checkList(fields['frames'], path).forEach((frame, at) =>
      oneOf(...Object.keys(FRAME_KINDS))(frame, { ...place, path: `${path}[${at}]` }),
    );
  }),
  latency: all(span, ends, (fields, place) => checkDelay(fields['delay'], fieldOf(place, 'delay'))),
  clog: all(span, (fields, place) => {
    checkNode(fields['from'], fieldOf(place, 'from'));
    checkNode(fields['to'], fieldOf(place, 'to'));
  }),
  flap: all(span, (fields, place) => {
    pair(fields['between'], fieldOf(place, 'between'));
    checkAmount(fields['upMs'], fieldOf(place, 'upMs'));
    checkAmount(fields['downMs'], fieldOf(place, 'downMs'));
  }),
  clock: all(node, (fields, place) => {
    optional(fields['jumpMs'], fieldOf(place, 'jumpMs'), finite);
    optional(fields['driftPpm'], fieldOf(place, 'driftPpm'), finite);
    optional(fields['ratePpm'], fieldOf(place, 'ratePpm'), checkRate);
  }),
  slow: all(node, span, (fields, place) => checkTime(fields['turnMs'], fieldOf(place, 'turnMs'))),
  datagram: all(span, ends, (fields, place) => {
    for (const what of ['drop', 'duplicate', 'reorder', 'corrupt']) {
      optional(fields[what], fieldOf(place, what), checkShare);
    }
  }),
};

function all(...checks: readonly Check[]): Check {
  return (fields, place) => checks.forEach((check) => check(fields, place));
}

function node(fields: Fields, place: Place): void {
  checkNode(fields['node'], fieldOf(place, 'node'));
}

function span(fields: Fields, place: Place): void {
  checkTime(fields['forMs'], fieldOf(place, 'forMs'));
}

function returns(fields: Fields, place: Place): void {
  optional(fields['restartAfterMs'], fieldOf(place, 'restartAfterMs'), checkTime);
}

function ends(fields: Fields, place: Place): void {
  optional(fields['from'], fieldOf(place, 'from'), checkNodes);
  optional(fields['to'], fieldOf(place, 'to'), checkNodes);
}

function groups(fields: Fields, place: Place): void {
  const seen = new Set<unknown>();
  const path = `${place.path}.groups`;
  checkList(fields['groups'], path).forEach((group, at) => {
    for (const member of checkNodes(group, { ...place, path: `${path}[${at}]` })) {
      if (seen.has(member)) {
        throw new RangeError(`Expected ${path} to have each node once, got node ${member} again`);
      }
      seen.add(member);
    }
  });
}

function pair(value: unknown, place: Place): void {
  const [one, other, ...more] = checkNodes(value, place);
  if (one !== undefined && other !== undefined && one !== other && more.length === 0) return;
  throw new TypeError(`Expected ${place.path} to be two nodes, got ${describe(value)}`);
}

function oneOf(...words: readonly string[]): (value: unknown, place: Place) => void {
  return (value, { path }) => checkKnown(value, words, path);
}

function finite(value: unknown, { path }: Place): void {
  if (Number.isFinite(value)) return;
  throw new TypeError(`Expected ${path} to be a number, got ${describe(value)}`);
}

function checkRate(value: unknown, { path }: Place): void {
  if (typeof value === 'number' && value >= -900_000 && value <= 9_000_000) return;
  const expected = 'parts per million from -900000 to 9000000';
  throw new TypeError(`Expected ${path} to be ${expected}, got ${describe(value)}`);
}

function fieldOf(place: Place, field: string): Place {
  return { ...place, path: `${place.path}.${field}` };
}
