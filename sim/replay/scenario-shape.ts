import {
  anything,
  both,
  byKind,
  listOf,
  number,
  object,
  oneOf,
  recordOf,
  type Shape,
  ShapeError,
  text,
  whole,
} from './shape.js';

/** A drawn run as plain data that came from a file. */
export const scenarioShape: Shape = (value, path) => {
  const at = path === '' ? '' : `${path}.`;
  const { settings, plan } = recordOf(value, path);
  settingsShape(settings, `${at}settings`);
  const { nodeIds } = settings as { nodeIds: readonly string[] };
  planShape(nodeIds.length)(plan, `${at}plan`);
  rest(nodeIds.length)(value, path);
};

const positive = number(0);
const share = number(0, 1);
const settingsShape = object(
  {
    nodeIds: listOf(text, 1),
    heartbeatIntervalMs: number(1),
    heartbeatMissThreshold: number(1),
    supervisor: object({
      strategy: oneOf('one_for_one', 'one_for_all', 'rest_for_one'),
      selector: anything,
      children: listOf(object({ id: text, restart: oneOf('permanent', 'transient', 'temporary') })),
      restartIntensity: object({ maxRestarts: whole(0), withinMs: number(1) }),
    }),
  },
  { late: listOf(whole(0)) },
);

function rest(nodes: number): Shape {
  const node = whole(0, nodes - 1);
  return object(
    {
      seed: whole(),
      kills: listOf(object({ node, nodeId: text, atMs: positive, mode: crashMode })),
      times: object({
        killsFromMs: positive,
        killsUntilMs: positive,
        operationsFromMs: positive,
        operationsUntilMs: positive,
        finalMs: positive,
        durationMs: positive,
      }),
      latencyMs: object({ min: positive, max: positive }),
    },
    { turnOrder: oneOf('fifo', 'priorities'), bufferBytes: whole(1) },
  );
}

function planShape(nodes: number): Shape {
  const node = whole(0, nodes - 1);
  return object(
    {
      faults: listOf(faultShape(nodes)),
      operations: listOf(object({ node, atMs: positive, operation: anything })),
    },
    { heal: object({ atMs: positive }, { core: listOf(node) }) },
  );
}

function faultShape(nodes: number): Shape {
  const node = whole(0, nodes - 1);
  const some = listOf(node, 1);
  const when = whenShape(node);
  const fault = (fields: Fields, optional: Fields = {}): Shape =>
    both(when, object(fields, optional));
  const span = (fields: Fields, optional: Fields = {}): Shape =>
    both(when, object({ ...fields, forMs: positive }, optional));
  const ways = { from: listOf(node), to: listOf(node) };
  return byKind({
    crash: fault({ node }, { mode: crashMode, afterOutputs: whole(0), restartAfterMs: positive }),
    restart: fault({ node }),
    leave: fault({ node }, { restartAfterMs: positive }),
    pause: span({ node }, { resume: oneOf('timers', 'frames') }),
    partition: span({ groups: listOf(some, 1) }),
    'one-way': span({ from: some, to: some }),
    cut: span({ pairs: listOf(listOf(node, 2, 2), 1) }),
    'frame-loss': span({ frames: listOf(text, 1), probability: share }, ways),
    latency: span({ delay: delayShape }, ways),
    clog: span({ from: node, to: node }),
    flap: span({ between: listOf(node, 2, 2), upMs: positive, downMs: positive }),
    clock: fault({ node }, { jumpMs: number(), driftPpm: number(), ratePpm: number() }),
    slow: span({ node, turnMs: positive }),
    datagram: span({}, { drop: share, duplicate: share, reorder: share, corrupt: share, ...ways }),
  });
}

type Fields = Readonly<Record<string, Shape>>;

function whenShape(node: Shape): Shape {
  const anchor = object(
    { event: oneOf('sent', 'delivered', 'observed') },
    { what: text, node, peer: node, nth: whole(1), plusMs: positive },
  );
  return (value, path) => {
    const { atMs, after } = recordOf(value, path);
    if (after !== undefined) anchor(after, `${path}.after`);
    else if (atMs !== undefined) positive(atMs, `${path}.atMs`);
    else throw new ShapeError(path, 'atMs or after', value);
  };
}

const crashMode = oneOf('closes', 'silent');
const delayShape = byKind({
  constant: object({ ms: positive }),
  uniform: object({ minMs: positive, maxMs: positive }),
  exponential: object({ meanMs: positive }),
  bimodal: object({ fastMs: positive, slowMs: positive, slowShare: share }),
});
