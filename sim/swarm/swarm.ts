import type { Draws } from '../draw.js';
import type { Operation } from '../plan.js';
import {
  type Heartbeat,
  type Scene,
  type SettingsOfStory,
  coreOf,
  operation,
} from '../scenarios/story.js';
import type { Extras, Happening, Story } from '../scenarios/story.js';
import type { ChildSetting } from '../workloads/counters-settings.js';
import { drawEndings, drawInits } from './endings.js';
import { drawFaults, drawKinds } from './fault-drawers.js';
import { drawEndOfSupervisor } from './node-faults.js';
import { drawRegistrations } from './registrations.js';

/** Any kinds of faults, at any time, to any cluster: each seed draws another small part of that. */
export const swarm: Story = {
  name: 'swarm',
  line: 'every seed draws kinds of faults and everything about them',
  heartbeat: (draws) => draws.pick(HEARTBEATS, 'heartbeat'),
  settings: drawSettings,
  extras: drawExtras,
  happening: drawHappening,
};

function drawSettings(scene: Scene): Partial<SettingsOfStory> {
  const { draws, nodeIds, childIds } = scene;
  const hasLate = nodeIds.length > 2 && draws.between(0, 3, 'late') === 0;
  const strategy = draws.pick(STRATEGIES, 'strategy');
  const isMixed = draws.between(0, 2, 'restart types') === 0;
  // What a child that waits for its node holds back is another story.
  const isPinned = strategy === 'one_for_one' && draws.between(0, 2, 'pinned') === 0;
  const present = nodeIds.slice(0, hasLate ? -1 : undefined);
  const children = childIds.map((id, at): ChildSetting => {
    // One at least always comes back, and can be asked in the end.
    if (at === 0) return { id, restart: 'permanent' };
    const restart = isMixed ? draws.pick(RESTARTS, 'restart type', id) : 'permanent';
    if (!isPinned || draws.between(0, 2, 'pinned', id) > 0) return { id, restart };
    const node = present[draws.between(0, present.length - 1, 'pinned to', id)] as string;
    return { id, restart, selector: { node } };
  });
  return {
    strategy,
    selector: draws.pick(SELECTORS, 'selector'),
    restartIntensity: draws.pick(INTENSITIES, 'intensity'),
    ...(hasLate ? { late: [nodeIds.length - 1] } : {}),
    takeover: present.length < 3 ? 'available' : draws.pick(POLICIES, 'policy'),
    children,
  };
}

function drawExtras(draws: Draws): Extras {
  return {
    latencyMs: draws.pick(LATENCIES, 'latencies'),
    turnOrder: draws.pick(['fifo', 'priorities'], 'turn order'),
    ...(draws.between(0, 7, 'small buffers') === 0 ? { bufferBytes: 4096 } : {}),
  };
}

function drawHappening(scene: Scene): Happening {
  const { draws, nodeIds } = scene;
  const faults = [...drawFaults(scene, drawKinds(scene)), ...drawEndOfSupervisor(scene)];
  const operations = [
    ...[...drawEndings(scene), ...drawInits(scene)],
    ...[...drawRegistrations(scene), ...drawJoin(scene)],
  ];
  if (nodeIds.length < 3 || draws.between(0, 3, 'core') > 0) return { faults, operations };
  const size = draws.between(1, nodeIds.length - 2, 'core size');
  return { faults, operations, core: coreOf(scene, size + 1) };
}

function drawJoin(scene: Scene): Operation[] {
  const { draws, fromMs, untilMs } = scene;
  const { late = [] } = drawSettings(scene);
  return late.map((node) => {
    return operation(node, draws.between(fromMs, untilMs, 'join', node), { kind: 'join' });
  });
}

const HEARTBEATS: readonly [Heartbeat, ...Heartbeat[]] = [
  { intervalMs: 1000, missThreshold: 3 },
  { intervalMs: 1000, missThreshold: 2 },
  { intervalMs: 500, missThreshold: 3 },
  { intervalMs: 500, missThreshold: 6 },
  { intervalMs: 250, missThreshold: 4 },
  { intervalMs: 1500, missThreshold: 3 },
];
const POLICIES = ['available', 'available', 'majority'] as const;
const RESTARTS: readonly [ChildSetting['restart'], ...ChildSetting['restart'][]] = [
  ...(['permanent', 'permanent', 'transient', 'temporary'] as const),
];
const STRATEGIES: readonly [SettingsOfStory['strategy'], ...SettingsOfStory['strategy'][]] = [
  ...(['one_for_one', 'one_for_one', 'one_for_all', 'rest_for_one'] as const),
];
const SELECTORS: readonly [SettingsOfStory['selector'], ...SettingsOfStory['selector'][]] = [
  ...(['round_robin', 'round_robin', 'least_loaded', 'random', 'local_first', 'last'] as const),
];
type Intensity = SettingsOfStory['restartIntensity'];
// Most often loose: a supervisor that has given up shows little more.
const INTENSITIES: readonly [Intensity, ...Intensity[]] = [
  { maxRestarts: 1000, withinMs: 5000 },
  { maxRestarts: 1000, withinMs: 5000 },
  { maxRestarts: 1000, withinMs: 5000 },
  { maxRestarts: 1000, withinMs: 5000 },
  { maxRestarts: 5, withinMs: 5000 },
  { maxRestarts: 3, withinMs: 5000 },
  { maxRestarts: 2, withinMs: 10_000 },
  { maxRestarts: 0, withinMs: 5000 },
];
type Latency = { readonly min: number; readonly max: number };
const LATENCIES: readonly [Latency, ...Latency[]] = [
  { min: 0.2, max: 5 },
  { min: 0.2, max: 5 },
  { min: 0.05, max: 0.5 },
  { min: 1, max: 1 },
  { min: 5, max: 60 },
];
