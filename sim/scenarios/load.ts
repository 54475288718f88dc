import type { Draws } from '../draw.js';
import type { Operation } from '../plan.js';
import type { CounterOperation } from '../workloads/counters.js';
import { greeterName } from '../workloads/greeter-name.js';
import type { ScenarioTimes } from './scenario.js';

/**
 * What the nodes of the counters workload are asked to do: call and cast children from every node
 * all along, watch children and each other, and report at the end. A node that is gone by then does
 * nothing.
 */
export function drawLoad(
  draws: Draws,
  nodeIds: readonly string[],
  childIds: readonly string[],
  times: ScenarioTimes,
  burstMs = BURST_MS,
): Operation[] {
  return nodeIds.flatMap((_, node) => [
    ...watches(draws, node, nodeIds, childIds, times),
    ...messages(draws, node, nodeIds.length, burstMs, childIds, times),
    ...lastWords(node, times),
  ]);
}

function lastWords(node: number, { settledMs, finalMs }: ScenarioTimes): Operation[] {
  const atMs = settledMs === undefined ? [finalMs] : [settledMs, finalMs];
  return atMs.map((wordsMs) => operation(node, wordsMs, { kind: 'final' }));
}

function* messages(
  draws: Draws,
  node: number,
  nodes: number,
  burstMs: number,
  childIds: readonly string[],
  times: ScenarioTimes,
): Generator<Operation> {
  const everyMs = nodes * burstMs;
  const bursts = Math.floor((times.operationsUntilMs - times.operationsFromMs) / everyMs);
  const chance = draws.stream('load', node);
  for (let burst = 0; burst < bursts; burst++) {
    const draw = (max: number, n: number): number => chance.between(0, max, burst * DRAWS_EACH + n);
    const atMs = times.operationsFromMs + burst * everyMs + draw(everyMs * 1000 - 1, 0) / 1000;
    const messages = draw(BURST_MAX - 1, 1) + 1;
    for (let n = 0; n < messages; n++) {
      const kind = draw(1, 2 + 2 * n) === 0 ? 'call' : 'cast';
      const child = childIds[draw(childIds.length - 1, 3 + 2 * n)] as string;
      const op = (burst * BURST_MAX + n) * nodes + node;
      // Some would wait for ever, unless they are told that nobody answers.
      const patient = kind === 'call' && op % 5 === 0 ? { patient: true } : {};
      yield operation(node, atMs, { kind, child, op, ...patient });
    }
  }
}

function watches(
  draws: Draws,
  node: number,
  nodeIds: readonly string[],
  childIds: readonly string[],
  times: ScenarioTimes,
): Operation[] {
  const targets = [...childIds, ...nodeIds.map(greeterName)];
  return Array.from({ length: WATCHES }, (_, n) => {
    const spanMs = times.killsFromMs - times.operationsFromMs;
    const atMs = times.operationsFromMs + draws.between(0, spanMs, 'watch time', node, n);
    const child = targets[draws.between(0, targets.length - 1, 'watch', node, n)] as string;
    const greeter = nodeIds[draws.between(0, nodeIds.length - 1, 'greet', node, n)] as string;
    return operation(node, atMs, { kind: 'watch', child, greeter });
  });
}

function operation(node: number, atMs: number, what: CounterOperation): Operation {
  return { node, atMs, operation: what };
}

// One node speaks each 20 ms, however many nodes there are, and says up to three things at once:
// what waits side by side may be mistaken for one another.
const BURST_MS = 20;
const BURST_MAX = 3;
const DRAWS_EACH = 2 + 2 * BURST_MAX;
const WATCHES = 3;
