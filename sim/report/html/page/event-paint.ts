import { clipToLanes, lineOf } from './message-paint.js';
import { lowerBoundOf } from './run-model.js';
import type { Drawn, Scene } from './scene.js';

type Context = CanvasRenderingContext2D;

/** Events on the lines of their lanes. Where many share a pixel the weightiest is drawn. */
export function paintEvents(context: Context, scene: Scene, drawn: Drawn): void {
  const { lanes, palette, view, lanesTop, shown } = scene;
  context.save();
  clipToLanes(context, scene);
  for (const lane of lanes) {
    const y = lanesTop + lane.line;
    const scale = lane.height < 70 ? 0.75 : 1;
    let [last, lastWeight] = [-1, -1];
    const visible = eventsInView(scene, lane.node);
    drawn.events += visible.length;
    for (const event of visible) {
      const x = Math.round(view.x(scene.model.atUs[event] as number) * 2) / 2;
      const group = scene.model.group(event);
      const weight = WEIGHTS[group] ?? 0;
      if (x === last && weight <= lastWeight) continue;
      [last, lastWeight] = [x, weight];
      context.globalAlpha = shown.isMeant(event) ? 1 : 0.12;
      context.fillStyle = palette.group(group);
      mark(context, { x, y, weight, scale });
    }
  }
  context.restore();
  paintFound(context, scene);
}

/** Events of a node that are shown, in order. */
export function eventsInView({ model, view, shown }: Scene, node: number): number[] {
  const events = model.byNode[node] ?? [];
  const visible: number[] = [];
  for (let at = lowerBoundOf(events, model.atUs, view.fromUs); at < events.length; at++) {
    const event = events[at] as number;
    if ((model.atUs[event] as number) > view.toUs) break;
    if (shown.event(event)) visible.push(event);
  }
  return visible;
}

/** What is pointed at or pinned, with everything that led to it. */
export function paintFocus(context: Context, scene: Scene): void {
  const { hovered, pinned, palette, model } = scene;
  context.save();
  clipToLanes(context, scene);
  if (pinned !== undefined) paintChain(context, scene, pinned);
  if (hovered?.kind === 'event') paintChain(context, scene, hovered.event);
  if (hovered?.kind === 'message') paintMessage(context, scene, hovered.message, palette.ink);
  const { bad } = model.data.run;
  if (bad !== null) {
    paintMoment(context, scene, bad.atUs);
    paintRing(context, scene, bad.event, palette.bad);
  }
  context.restore();
}

function paintFound(context: Context, scene: Scene): void {
  const { found } = scene.shown;
  if (found === undefined || found.length > FOUND_RINGS_MAX) return;
  context.save();
  clipToLanes(context, scene);
  for (const event of found) paintRing(context, scene, event, scene.palette.warn);
  context.restore();
}

interface Mark {
  readonly x: number;
  readonly y: number;
  readonly weight: number;
  readonly scale: number;
}

function mark(context: Context, { x, y, weight, scale }: Mark): void {
  if (weight < 2) {
    context.fillRect(x - 0.5, y - 3 * scale, 1, 6 * scale);
    return;
  }
  const size = (SIZES[weight] ?? 3) * scale;
  context.beginPath();
  context.moveTo(x, y - size);
  context.lineTo(x + size, y);
  context.lineTo(x, y + size);
  context.lineTo(x - size, y);
  context.fill();
}

function paintChain(context: Context, scene: Scene, event: number): void {
  const { model, palette } = scene;
  const chain = model.chain(event);
  for (const [at, step] of chain.entries()) {
    const message = model.data.events.message[step] as number;
    const cause = chain[at + 1];
    const isArrival = cause !== undefined && model.data.messages.sent[message] === cause;
    if (message !== -1 && isArrival) paintMessage(context, scene, message, palette.accent);
  }
  paintRing(context, scene, event, palette.accent);
}

function paintMessage(context: Context, scene: Scene, message: number, colour: string): void {
  const line = lineOf(scene, message);
  if (line === undefined) return;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = 2.5;
  context.beginPath();
  context.moveTo(line.x1, line.y1);
  context.lineTo(line.x2, line.y2);
  context.stroke();
  for (const [x, y] of [
    [line.x1, line.y1],
    [line.x2, line.y2],
  ] as const) {
    context.beginPath();
    context.arc(x, y, 3.5, 0, 2 * Math.PI);
    context.fill();
  }
}

function paintRing(context: Context, scene: Scene, event: number, colour: string): void {
  const { model, view, laneOf, lanesTop } = scene;
  const lane = laneOf.get(model.data.events.node[event] ?? -1);
  if (lane === undefined) return;
  context.strokeStyle = colour;
  context.lineWidth = 2;
  context.beginPath();
  context.arc(view.x(model.atUs[event] as number), lanesTop + lane.line, 7, 0, 2 * Math.PI);
  context.stroke();
}

function paintMoment(context: Context, { view, palette, height, headHeight }: Scene, atUs: number) {
  const x = Math.round(view.x(atUs)) + 0.5;
  context.strokeStyle = palette.bad;
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(x, headHeight);
  context.lineTo(x, height);
  context.stroke();
  context.setLineDash([]);
}

const WEIGHTS: Readonly<Record<string, number>> = {
  faults: 4,
  supervision: 3,
  cluster: 2,
  calls: 1,
  network: 0,
  turns: 0,
};
const SIZES: Readonly<Record<number, number>> = { 2: 2.8, 3: 4, 4: 5 };
const FOUND_RINGS_MAX = 2000;
