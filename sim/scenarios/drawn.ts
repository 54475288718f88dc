import { faultText } from '../report/fault-text.js';
import { nodeName } from '../report/node-name.js';
import { spanText } from '../report/number-text.js';
import type { Fault, Operation, When } from '../plan.js';
import type { CounterOperation } from '../workloads/counters-settings.js';
import type { Scenario } from './scenario.js';

/**
 * What the seed drew, for people: one line for each fault and each setting that a run may have
 * otherwise. What every run has, calls and casts, is left out.
 */
export function drawnLines(scenario: Scenario): string[] {
  const { plan, settings } = scenario;
  const { nodeIds } = settings;
  const faults = plan.faults.map((fault, at) => {
    const atMs = 'atMs' in fault ? fault.atMs : Infinity;
    return { atMs, at, text: faultLine(fault, nodeIds) };
  });
  faults.sort((left, right) => left.atMs - right.atMs || left.at - right.at);
  const shown = faults.slice(0, FAULTS_MAX).map(({ text }) => text);
  const more = faults.length - shown.length;
  return [
    ...settingLines(scenario),
    ...shown,
    ...(more > 0 ? [`and ${more} more faults`] : []),
    ...operationLines(plan.operations, nodeIds),
    ...healLines(scenario),
  ];
}

function settingLines({ settings, turnOrder, bufferBytes }: Scenario): string[] {
  const { nodeIds, late = [], supervisor } = settings;
  const kinds = new Map<string, number>();
  for (const { restart } of supervisor.children) kinds.set(restart, (kinds.get(restart) ?? 0) + 1);
  const mixed = [...kinds].map(([restart, count]) => `${count} ${restart}`).join(', ');
  const pinned = supervisor.children.flatMap(({ id, selector }) => {
    return typeof selector === 'object' ? [`${id} on ${nodeName(selector.node)}`] : [];
  });
  return [
    ...(pinned.length > 0 ? [`nowhere else: ${pinned.join(', ')}`] : []),
    ...(kinds.size > 1 ? [`children: ${mixed}`] : []),
    ...(turnOrder === 'priorities' ? ['processes that are ready take turns by priorities'] : []),
    ...(bufferBytes === undefined ? [] : [`send buffers of ${bufferBytes} bytes`]),
    ...late.map((node) => `${nameOf(node, nodeIds)} waits before it joins`),
  ];
}

function faultLine(fault: Fault, nodeIds: readonly string[]): string {
  return `${whenText(fault, nodeIds)}: ${fault.kind}: ${faultText(fault.kind, fault, nodeIds)}`;
}

function whenText(when: When, nodeIds: readonly string[]): string {
  if ('atMs' in when) return `at ${spanText(when.atMs)}`;
  const { event, what, node, peer, nth = 1, plusMs = 0 } = when.after;
  const who = node === undefined ? '' : ` by ${nameOf(node, nodeIds)}`;
  const other = peer === undefined ? '' : ` with ${nameOf(peer, nodeIds)}`;
  const later = plusMs === 0 ? '' : `${spanText(plusMs)} `;
  return `${later}after ${what ?? 'anything'} was ${event}${who}${other} (number ${nth})`;
}

function operationLines(operations: readonly Operation[], nodeIds: readonly string[]): string[] {
  const counts = { crash: 0, normal: 0, padded: 0 };
  const lines: string[] = [];
  for (const { node, atMs, operation } of operations) {
    const told = operation as CounterOperation;
    const who = nameOf(node, nodeIds);
    const when = `at ${spanText(atMs)}`;
    if (told.kind === 'call' || told.kind === 'cast') {
      if (told.end !== undefined) counts[told.end] += 1;
      if (told.paddingBytes !== undefined) counts.padded += 1;
    } else if (told.kind === 'join') lines.push(`${when}: ${who} joins`);
    else if (told.kind === 'register') lines.push(`${when}: ${who} registers ${told.name}`);
    else if (told.kind === 'inits') {
      const takes = told.takesMs === undefined ? '' : ` take ${spanText(told.takesMs)}`;
      const how = `${takes}${told.fails ? ' and fail' : ''}`;
      lines.push(`${when}: the next ${told.times} starts of ${told.child} on ${who}${how}`);
    } else if (told.kind === 'hostile') {
      const secret = told.secret === undefined ? 'no secret' : `"${told.secret}"`;
      const what = `${told.frame} to ${nodeName(told.to)}, with ${secret}`;
      lines.push(`${when}: ${who} dials as a stranger, ${what}`);
    }
  }
  const shown = lines.slice(0, OPERATIONS_MAX);
  const more = lines.length - shown.length;
  return [
    ...(counts.crash > 0 ? [`${counts.crash} messages that crash the child`] : []),
    ...(counts.normal > 0 ? [`${counts.normal} messages that end the child`] : []),
    ...(counts.padded > 0 ? [`${counts.padded} heavy messages`] : []),
    ...shown,
    ...(more > 0 ? [`and ${more} more of these`] : []),
  ];
}

function healLines({ plan, times, settings }: Scenario): string[] {
  if (plan.heal === undefined) return [];
  const { atMs, core } = plan.heal;
  const names = core?.map((node) => nameOf(node, settings.nodeIds)).join(' ');
  const who = names === undefined ? 'all is whole again' : `only ${names} meet again, for good`;
  const { settledMs, finalMs } = times;
  const quiet =
    settledMs === undefined ? '' : `, quiet from ${spanText(settledMs)} to ${spanText(finalMs)}`;
  return [`at ${spanText(atMs)}: ${who}${quiet}`];
}

function nameOf(node: number, nodeIds: readonly string[]): string {
  return nodeName(nodeIds[node] ?? `node ${node}`);
}

const FAULTS_MAX = 24;
const OPERATIONS_MAX = 12;
