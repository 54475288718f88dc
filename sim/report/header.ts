import type { Kill, Scenario } from '../scenarios/scenario.js';
import { drawnLines } from '../scenarios/drawn.js';
import { columns, wrapped } from './columns.js';
import { nodeName } from './node-name.js';
import { spanText } from './number-text.js';
import type { Paint } from './paint.js';
import { count } from './timeline.js';

export interface HeaderFacts {
  readonly lane: string;
  /** Whether nobody gave the seed. */
  readonly isSeedDrawn: boolean;
  readonly plant: string | undefined;
}

/** What the seed decided, before anything has run. */
export function headerLines(scenario: Scenario, facts: HeaderFacts, paint: Paint): string[] {
  const { seed, name, settings, kills, times, latencyMs } = scenario;
  const { nodeIds, supervisor } = settings;
  const { maxRestarts, withinMs } = supervisor.restartIntensity;
  const heartbeat = spanText(settings.heartbeatIntervalMs);
  const row = (name: string, text: string): string[] => [paint.dim(name), text];
  const seedText = `seed ${seed}${facts.isSeedDrawn ? ' (drawn)' : ''}`;
  const planted = facts.plant === undefined ? [] : [paint.yellow(`planted bug ${facts.plant}`)];
  const rows = [
    row('nodes', nodesText(nodeIds)),
    row('', `supervisor on ${nodeName(nodeIds[0] as string)}${ownerText(scenario)}`),
    row('children', childrenText(scenario)),
    row('intensity', `at most ${count(maxRestarts, 'restart')} in ${spanText(withinMs)}`),
    row('latency', `${latencyMs.min} to ${latencyMs.max} ms`),
    row('heartbeat', `every ${heartbeat}; down after ${settings.heartbeatMissThreshold} missed`),
    row('load', loadText(scenario)),
    row('check', `at ${spanText(times.finalMs)}, end at ${spanText(times.durationMs)}`),
    ...(name === undefined ? killRows(kills) : drawnRows(scenario)).map((text, at) => {
      return row(at === 0 ? (name === undefined ? 'kills' : 'drawn') : '', text);
    }),
  ];
  const named = name === undefined ? [] : [name];
  const title = [paint.bold('faultline sim'), ...named, seedText, `${facts.lane} lane`, ...planted];
  return [title.join('  '), '', ...columns(rows)];
}

function nodesText(nodeIds: readonly string[]): string {
  const names = nodeIds.map(nodeName);
  return names.length === 1
    ? `1: ${names[0] as string}`
    : `${names.length}: ${names[0] as string} to ${names.at(-1) as string}`;
}

function childrenText({ settings: { supervisor } }: Scenario): string {
  const { children, strategy, selector } = supervisor;
  const placed = typeof selector === 'string' ? selector : `always ${nodeName(selector.node)}`;
  const isPlain = children.every(({ restart }) => restart === 'permanent');
  const kinds = isPlain ? ' permanent' : '';
  return `${children.length}${kinds}, ${strategy}, placed by ${placed}`;
}

function loadText({ plan, times }: Scenario): string {
  const spanSeconds = (times.operationsUntilMs - times.operationsFromMs) / 1000;
  const rate = Math.round(plan.operations.length / Math.max(spanSeconds, 1));
  const span = `${spanText(times.operationsFromMs)} to ${spanText(times.operationsUntilMs)}`;
  return `about ${rate} calls and casts a second from all nodes, ${span}`;
}

function drawnRows(scenario: Scenario): string[] {
  return drawnLines(scenario).flatMap((line) => wrapped(line, DRAWN_WIDTH));
}

function killRows(kills: readonly Kill[]): string[] {
  if (kills.length === 0) return ['none'];
  const rows = kills.slice(0, KILLS_MAX).map(({ nodeId, atMs, mode }) => {
    const how = mode === 'silent' ? 'its host falls silent' : 'its process dies, its links close';
    return `${nodeName(nodeId)} at ${spanText(atMs)}: ${how}`;
  });
  const more = kills.length - rows.length;
  return more === 0 ? rows : [...rows, `and ${more} more`];
}

const KILLS_MAX = 12;
const DRAWN_WIDTH = 84;

function ownerText({ settings: { supervisor } }: Scenario): string {
  const { takeover } = supervisor;
  if (takeover === undefined) return ', never killed: nobody takes it over';
  return takeover === 'majority' ? ', taken over by a majority' : ', taken over when it is lost';
}
