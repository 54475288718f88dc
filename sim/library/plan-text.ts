import type { Anchor, Fault, Plan } from '../plan.js';
import { faultText } from '../report/fault-text.js';
import { nodeName } from '../report/node-name.js';
import { spanText } from '../report/number-text.js';

/** A plan for people: a line for each fault and each operation, in the order of time. */
export function planLines({ faults, operations, heal }: Plan, nodes: readonly string[]): string[] {
  const happening = [
    ...faults.map((fault) => ({ atMs: atOf(fault), line: faultLine(fault, nodes) })),
    ...operations.slice(0, OPERATIONS_MAX).map(({ node, atMs, operation }) => {
      const who = nodeName(nodes[node] ?? `node ${node}`);
      return { atMs, line: `${spanText(atMs)}: ${who} is asked for ${shortText(operation)}` };
    }),
    ...(heal === undefined
      ? []
      : [{ atMs: heal.atMs, line: `${spanText(heal.atMs)}: every fault is over` }]),
  ];
  const lines = happening.sort((left, right) => left.atMs - right.atMs).map(({ line }) => line);
  const more = operations.length - OPERATIONS_MAX;
  if (more > 0) lines.push(`and ${more} more operations`);
  return lines.length === 0 ? ['nothing: it breaks without a fault or an operation'] : lines;
}

/** A plan in one line: `node1 | node2 node3 from 1.2 s, for 2 s; 2 operations`. */
export function planText({ faults, operations }: Plan, nodes: readonly string[]): string {
  const count = operations.length;
  const texts = faults.map((fault) => faultLine(fault, nodes));
  const asked = `${count} ${count === 1 ? 'operation' : 'operations'}`;
  return [...(texts.length === 0 ? ['no fault'] : texts), asked].join('; ');
}

function faultLine(fault: Fault, nodes: readonly string[]): string {
  const { kind } = fault;
  const word = kind === 'partition' ? 'partition ' : '';
  return `${whenText(fault, nodes)}: ${word}${faultText(kind, fault, nodes)}`;
}

function whenText(fault: Fault, nodes: readonly string[]): string {
  return 'atMs' in fault ? spanText(fault.atMs) : anchorText(fault.after, nodes);
}

function anchorText(
  { event, what = 'anything', node, peer, nth = 1, plusMs }: Anchor,
  nodes: readonly string[],
): string {
  const name = (at: number): string => nodeName(nodes[at] ?? `node ${at}`);
  const who = node === undefined ? '' : ` by ${name(node)}`;
  const other = peer === undefined ? '' : `, the other end ${name(peer)}`;
  const later = plusMs === undefined ? '' : `, ${spanText(plusMs)} later`;
  return `once ${what} is ${event}${who}${other} (number ${nth})${later}`;
}

// What is anchored to an event has no time before the run; it is shown first.
function atOf(fault: Fault): number {
  return 'atMs' in fault ? fault.atMs : -1;
}

function shortText(operation: unknown): string {
  const text = JSON.stringify(operation) ?? 'nothing';
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX)}...`;
}

const OPERATIONS_MAX = 12;
const TEXT_MAX = 80;
