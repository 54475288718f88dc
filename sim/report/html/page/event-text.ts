import type { ChildBar, FaultBand } from '../report-data.js';
import type { RunModel } from './run-model.js';
import type { Target } from './scene.js';
import { spanText, timeText } from './time-text.js';

/** What is said of something in the picture: a title, and names with values. */
export interface Card {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, value: string])[];
}

export function cardOf(model: RunModel, target: Target): Card {
  switch (target.kind) {
    case 'event': {
      const card = eventCard(model, target.event);
      if (target.others === 0) return card;
      return { ...card, rows: [...card.rows, ['here too', `${target.others} more events`]] };
    }
    case 'message':
      return messageCard(model, target.message);
    case 'bar':
      return barCard(model, target.bar);
    case 'band':
      return bandCard(target.band);
  }
}

export function eventCard(model: RunModel, event: number): Card {
  const { events, messages } = model.data;
  const node = events.node[event] as number;
  const message = events.message[event] as number;
  const child = model.data.children[events.child[event] as number];
  const life = events.incarnation[event] as number;
  const detail = model.detail(event);
  return {
    title: `${model.kindName(event)} on ${model.nodeName(node)}`,
    rows: [
      ['time', timeText(model.atUs[event] as number)],
      ['event', life > 1 ? `${event}, life ${life} of the node` : `${event}`],
      ...(child === undefined ? [] : [['child', child] as const]),
      ['cause', causeText(model, event)],
      ...(message === -1 ? [] : [['message', wayText(model, message)] as const]),
      ...(message === -1 || (messages.bytes[message] as number) === 0
        ? []
        : [['payload', payloadText(model, message)] as const]),
      ...(detail === undefined ? [] : [['detail', shortened(detail)] as const]),
    ],
  };
}

/** One line for lists. */
export function eventLine(model: RunModel, event: number): string {
  const { node, message } = model.data.events;
  const row = message[event] as number;
  const frame = row === -1 ? '' : ` ${model.frameName(row)}`;
  const kind = model.kindName(event);
  return `${kind}${frame.trim() === kind ? '' : frame} · ${model.nodeName(node[event] as number)}`;
}

function causeText(model: RunModel, event: number): string {
  const cause = model.data.events.cause[event] as number;
  if (cause !== -1) {
    const tookUs = (model.atUs[event] as number) - (model.atUs[cause] as number);
    const before = tookUs === 0 ? 'in the same turn' : `${spanText(tookUs)} before`;
    return `${eventLine(model, cause)}, ${before}`;
  }
  const kind = model.kindName(event);
  return CAUSES[kind] ?? (model.group(event) === 'faults' ? 'the plan of the run' : 'not recorded');
}

function messageCard(model: RunModel, message: number): Card {
  const { messages, children } = model.data;
  const child = children[messages.child[message] as number];
  const sentUs = model.sentUs[message] as number;
  const endedUs = model.endedUs[message] as number;
  const isOpen = messages.ended[message] === -1;
  const fate = FATES[messages.fate[message] as number] ?? '';
  const end = isOpen ? fate : `${fate} after ${spanText(endedUs - sentUs)}`;
  return {
    title: `${model.frameName(message)}: ${wayText(model, message, true)}`,
    rows: [
      ['sent', timeText(sentUs)],
      ['end', isOpen ? end : `${end}, at ${timeText(endedUs)}`],
      ...(child === undefined ? [] : [['about', child] as const]),
      ...(messages.bytes[message] === 0 ? [] : [['payload', payloadText(model, message)] as const]),
      ['cause', causeText(model, messages.sent[message] as number)],
    ],
  };
}

function barCard(model: RunModel, bar: ChildBar): Card {
  const ends = { runs: 'runs to the end', ended: 'ended', lost: 'lost with its node' };
  return {
    title: model.barLabel(bar),
    rows: [
      ['on', model.nodeName(bar.node)],
      ['from', timeText(bar.fromUs)],
      [ends[bar.end], bar.end === 'runs' ? '' : timeText(bar.toUs)],
      ...(bar.staleUs === null ? [] : [['given up', timeText(bar.staleUs)] as const]),
      ...(bar.ghostUs === null
        ? []
        : [['missed for', spanText(Math.max(0, bar.ghostUs - bar.toUs))] as const]),
    ],
  };
}

function bandCard({ kind, text, fromUs, toUs }: FaultBand): Card {
  const rows = [
    ['from', timeText(fromUs)],
    ['to', timeText(toUs)],
    ['lasts', spanText(toUs - fromUs)],
  ] as const;
  return { title: kind === 'down' ? text : `${kind}: ${text}`, rows };
}

function wayText(model: RunModel, message: number, isShort = false): string {
  const { from, to } = model.data.messages;
  const [sender, receiver] = [from[message] ?? -1, to[message] ?? -1];
  const way = `${model.nodeName(sender)} → ${model.nodeName(receiver)}`;
  return isShort ? way : `${model.frameName(message)}, ${way}`;
}

function payloadText({ data: { messages } }: RunModel, message: number): string {
  return `${messages.bytes[message]} bytes, ${messages.digest[message]}`;
}

function shortened(text: string): string {
  return text.length > DETAIL_MAX ? `${text.slice(0, DETAIL_MAX)}…` : text;
}

const FATES = ['arrived', 'refused', 'lost', 'nothing more was heard of it'];
const CAUSES: Readonly<Record<string, string>> = {
  wake: 'a timer was due',
  timers: 'a timer was due',
  boot: 'the node was started',
  operation: 'the workload',
};
const DETAIL_MAX = 220;
