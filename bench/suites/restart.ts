import type { ChildSpec } from '../../src/otp/child-spec.js';
import { GenServer } from '../../src/otp/facades.js';
import { Supervisor } from '../../src/otp/supervisor/supervisor.js';
import { here } from '../../src/runtime/default-runtime.js';
import { processorMs } from '../duel.js';
import type { Figure, Goal, Suite } from '../figure.js';
import { median } from '../median.js';
import { adder } from './adder.js';

type Strategy = 'one_for_one' | 'one_for_all';

/** From the kill until the last child is back. */
export const restartSuite: Suite = async () => {
  const all = await restartFigure('one_for_all', 1000, [{ of: 'value', below: 20 }]);
  const some = await restartFigure('one_for_one', 1000);
  const many = await restartFigure('one_for_one', 10_000, [{ of: 'value', below: 150 }]);
  const linear: Figure = {
    path: 'a child in 10000, by one in 1000',
    unit: 'times',
    value: many.value / 10 / some.value,
    goals: [{ of: 'value', below: 2 }],
  };
  return [all, some, many, linear];
};

async function restartFigure(
  strategy: Strategy,
  count: number,
  goals?: readonly Goal[],
): Promise<Figure> {
  const times: number[] = [];
  const processor: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const taken = await restart(strategy, count);
    times.push(taken.wallMs);
    processor.push(taken.processorMs);
  }
  const [cold, warm] = [times[0]!, median(processor.slice(WARMING_ROUNDS))];
  const killed = strategy === 'one_for_all' ? 'one killed' : 'all killed at once';
  return {
    path: `${strategy} of ${count}, ${killed}`,
    unit: 'ms',
    value: median(times.slice(WARMING_ROUNDS)),
    note: `${warm.toFixed(1)} ms of CPU time; the first, not yet compiled, ${cold.toFixed(0)} ms`,
    ...(goals === undefined ? {} : { goals }),
  };
}

interface Taken {
  readonly wallMs: number;
  readonly processorMs: number;
}

async function restart(strategy: Strategy, count: number): Promise<Taken> {
  const supervisor = await Supervisor.start({
    strategy,
    children: childSpecs(count),
    restartIntensity: { maxRestarts: count, withinMs: 1000 },
  });
  const refs = Supervisor.getChildren(supervisor).map((child) => child.ref!);
  const victims = strategy === 'one_for_all' ? refs.slice(count >> 1, (count >> 1) + 1) : refs;
  const { router } = here();
  const back = restarted(count);
  const [startedMs, startedProcessorMs] = [performance.now(), processorMs()];
  for (const victim of victims) router.send(victim, { kind: 'kill' });
  await back;
  const taken = {
    wallMs: performance.now() - startedMs,
    processorMs: processorMs() - startedProcessorMs,
  };
  await Supervisor.stop(supervisor);
  return taken;
}

/** Resolves after so many restarts. */
function restarted(count: number): Promise<void> {
  return new Promise((resolve) => {
    let left = count;
    const unlisten = Supervisor.onLifecycleEvent((event) => {
      if (event.type !== 'child_restarted') return;
      left -= 1;
      if (left > 0) return;
      unlisten();
      resolve();
    });
  });
}

export function childSpecs(count: number): ChildSpec[] {
  return Array.from({ length: count }, (_, n) => {
    return { id: `child ${n}`, start: () => GenServer.start(adder) };
  });
}

const ROUNDS = 12;
const WARMING_ROUNDS = 3;
