import { Draws } from '../draw.js';
import { plainCopy } from '../plain.js';
import type { Fault, FaultKind, Operation, Plan } from '../plan.js';
import type { ModuleOperation } from './module-node.js';
import { type SimulateOptions, SimulationOptionError, type Span } from './simulation-options.js';
import { faultDrawing } from './fault-drawing.js';
import type { Drawn, Scene, SimulatedModule } from './user-module.js';

/**
 * Everything that is done to the nodes in the run of a seed. Plain data, checked: every node that
 * it names exists, and nothing is asked of one after its last words.
 */
export function planOf(
  options: SimulateOptions,
  module: Pick<SimulatedModule, 'faults' | 'workload' | 'operate'>,
  { seed, span }: { readonly seed: number; readonly span: Span },
): Plan {
  const draws = new Draws(seed);
  const { scene } = span;
  const given: Plan = options.plan ?? {
    faults: drawnFaults(options.faults ?? module.faults ?? [], draws, span),
    operations: drawn(options.workload ?? module.workload ?? [], draws, scene),
    ...(options.heal === undefined ? {} : { heal: options.heal }),
  };
  const plan = plainCopy(given, 'plan');
  checkFaults(plan, scene);
  checkOperations(plan.operations, span);
  if (plan.operations.length > 0 && module.operate === undefined) {
    const expected = 'a function operate(operation, node), for there is a workload';
    throw new SimulationOptionError("the module's operate", expected, module.operate);
  }
  return plan;
}

/** The same plan as the nodes' program takes it, with everybody's last words. */
export function withLastWords(plan: Plan, { finishMs, scene }: Span): Plan {
  const wrapped = plan.operations.map(({ node, atMs, operation }) => {
    return { node, atMs, operation: { kind: 'operate', operation } satisfies ModuleOperation };
  });
  const finish = Array.from({ length: scene.nodes }, (_, node) => {
    return { node, atMs: finishMs, operation: { kind: 'finish' } satisfies ModuleOperation };
  });
  return { ...plan, operations: [...wrapped, ...finish] };
}

function drawnFaults(
  faults: NonNullable<SimulateOptions['faults']>,
  draws: Draws,
  { scene, detectionMs }: Span,
): readonly Fault[] {
  if (faults === 'swarm' || isKinds(faults)) {
    return faultDrawing(faults, draws, { ...scene, detectionMs });
  }
  return drawn(faults, draws, scene);
}

function isKinds(faults: Drawn<Fault> | readonly FaultKind[]): faults is readonly FaultKind[] {
  return Array.isArray(faults) && faults.length > 0 && typeof faults[0] === 'string';
}

function drawn<Item>(items: Drawn<Item>, draws: Draws, scene: Scene): readonly Item[] {
  return typeof items === 'function' ? items(draws, scene) : items;
}

function checkFaults({ faults, heal }: Plan, { nodes }: Scene): void {
  checkArray('faults', faults);
  faults.forEach((fault, at) => {
    const stranger = namedBy(fault).find((node) => !isNode(node, nodes));
    if (stranger !== undefined) {
      const option = `the node of faults[${at}] (${fault.kind})`;
      throw new SimulationOptionError(option, expectedNode(nodes), stranger);
    }
  });
  const stranger = heal?.core?.find((node) => !isNode(node, nodes));
  if (stranger !== undefined) {
    throw new SimulationOptionError('a node of heal.core', expectedNode(nodes), stranger);
  }
}

function checkOperations(operations: readonly Operation[], { scene, finishMs }: Span): void {
  checkArray('workload', operations);
  operations.forEach(({ node, atMs }, at) => {
    if (!isNode(node, scene.nodes)) {
      const option = `the node of workload[${at}]`;
      throw new SimulationOptionError(option, expectedNode(scene.nodes), node);
    }
    if (!(atMs >= 0 && atMs < finishMs)) {
      const expected = `before the last words at ${finishMs} ms; else raise durationMs`;
      throw new SimulationOptionError(`atMs of workload[${at}]`, expected, atMs);
    }
  });
}

function checkArray(option: string, value: unknown): void {
  if (!Array.isArray(value)) throw new SimulationOptionError(option, 'an array', value);
}

function isNode(node: unknown, nodes: number): boolean {
  return typeof node === 'number' && Number.isInteger(node) && node >= 0 && node < nodes;
}

function expectedNode(nodes: number): string {
  return nodes === 1 ? '0, the one node' : `the index of a node, from 0 to ${nodes - 1}`;
}

/** Every node that a fault names, in whichever of its fields. */
function namedBy(fault: Fault): unknown[] {
  const fields = fault as unknown as Readonly<Record<string, unknown>>;
  return NAMING.flatMap((field) => {
    const value = fields[field];
    return value === undefined ? [] : [value].flat(3);
  });
}

const NAMING = ['node', 'groups', 'from', 'to', 'pairs', 'between'] as const;
