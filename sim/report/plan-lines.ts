import type { Anchor, Fault, Operation } from '../plan.js';
import type { Scenario } from '../scenarios/scenario.js';
import { wrapped } from './columns.js';
import { faultText } from './fault-text.js';
import { nodeName } from './node-name.js';
import { spanText } from './number-text.js';
import { count } from './timeline.js';

/** A small plan in words, in the order of time: what is done to which cluster. */
export function planLines({ settings, plan, times }: Scenario): string[] {
  const { nodeIds, supervisor } = settings;
  const cluster =
    `${count(nodeIds.length, 'node')}, ` +
    `${count(supervisor.children.length, 'child', 'children')}, ` +
    `${supervisor.strategy}, until ${spanText(times.durationMs)}`;
  const steps = [
    ...plan.faults.map((fault) => ({ atMs: atMsOf(fault), text: faultLine(fault, nodeIds) })),
    ...operationSteps(plan.operations, nodeIds),
    ...(plan.heal === undefined
      ? []
      : [{ atMs: plan.heal.atMs, text: `at ${spanText(plan.heal.atMs)}: the faults are over` }]),
  ];
  steps.sort((left, right) => left.atMs - right.atMs);
  return [cluster, ...steps.map(({ text }) => text)].flatMap((text) =>
    wrapped(text, WIDTH).map((line, at) => `${at === 0 ? '  ' : '      '}${line}`),
  );
}

interface Step {
  readonly atMs: number;
  readonly text: string;
}

function atMsOf(fault: Fault): number {
  return 'atMs' in fault ? fault.atMs : 0;
}

function faultLine(fault: Fault, nodeIds: readonly string[]): string {
  const when = 'atMs' in fault ? `at ${spanText(fault.atMs)}` : anchorText(fault.after, nodeIds);
  return `${when}: ${fault.kind}: ${faultText(fault.kind, fault, nodeIds)}`;
}

function anchorText(anchor: Anchor, nodeIds: readonly string[]): string {
  const { event, what, node, peer, nth = 1, plusMs } = anchor;
  const name = (index: number): string => nodeName(nodeIds[index] ?? `node ${index}`);
  const who = node === undefined ? '' : ` by ${name(node)}`;
  const way = peer === undefined ? '' : `, ${name(peer)} at the other end`;
  const later = plusMs === undefined ? '' : `${spanText(plusMs)} `;
  return `${later}after ${what ?? 'anything'} was ${event}${who}${way} (number ${nth})`;
}

function operationSteps(operations: readonly Operation[], nodeIds: readonly string[]): Step[] {
  const steps = operations.slice(0, STEPS_MAX).map(({ node, atMs, operation }) => {
    const who = nodeName(nodeIds[node] ?? `node ${node}`);
    return { atMs, text: `at ${spanText(atMs)}: ${who} ${operationText(operation)}` };
  });
  const more = operations.length - steps.length;
  const last = steps.at(-1)?.atMs ?? 0;
  return more > 0 ? [...steps, { atMs: last, text: `and ${more} more operations` }] : steps;
}

function operationText(operation: unknown): string {
  const { kind, child, greeter, end } = (operation ?? {}) as Readonly<Record<string, unknown>>;
  switch (kind) {
    case 'call':
    case 'cast': {
      const then = end === undefined ? '' : end === 'crash' ? ', which crashes' : ', which ends';
      return `${kind}s ${String(child)}${then}`;
    }
    case 'watch':
      return `watches ${String(child)}${greeter === undefined ? '' : ' and links with a greeter'}`;
    case 'final':
      return 'says how it sees the cluster, and calls every child';
    default:
      return JSON.stringify(operation) ?? 'does nothing';
  }
}

const WIDTH = 94;
const STEPS_MAX = 20;
