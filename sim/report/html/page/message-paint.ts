import { lowerBound } from './run-model.js';
import type { Scene } from './scene.js';

type Context = CanvasRenderingContext2D;

/** Where a message's line begins and ends on the canvas. */
export interface MessageLine {
  readonly x1: number;
  readonly y1: number;
  readonly x2: number;
  readonly y2: number;
  readonly isLost: boolean;
}

/** Messages from sending to arrival; those that were lost end in a mark. */
export function paintMessages(context: Context, scene: Scene, messages: readonly number[]): void {
  const paths = new Map<string, Path2D>();
  const [lost, quiet, heads] = [new Path2D(), new Path2D(), new Path2D()];
  const seen = new Set<number>();
  const areFew = messages.length < FEW;
  const size = areFew ? 3.5 : 2;
  for (const message of messages) {
    const line = lineOf(scene, message);
    if (line === undefined) continue;
    if (!areFew && isCovered(scene, message, line, seen)) continue;
    const name = scene.model.frameName(message);
    const path = pathOf(paths, name);
    path.moveTo(line.x1, line.y1);
    path.lineTo(line.x2, line.y2);
    if (line.isLost) addCross(CONNECTING.has(name) ? quiet : lost, line, size);
    else if (areFew && scene.model.hasEnd(message)) addHead(heads, line);
  }
  const alpha = areFew ? 0.95 : Math.min(0.9, Math.max(0.12, 260 / Math.max(1, seen.size)));
  context.lineWidth = areFew ? 1.25 : 1;
  for (const [name, path] of paths) {
    context.globalAlpha = name === 'heartbeat' || CONNECTING.has(name) ? alpha * 0.55 : alpha;
    context.strokeStyle = scene.palette.frame(name);
    context.stroke(path);
  }
  context.globalAlpha = 0.9;
  context.fillStyle = scene.palette.soft;
  context.fill(heads);
  context.lineWidth = areFew ? 1.75 : 1;
  context.globalAlpha = areFew ? 1 : 0.75;
  context.strokeStyle = scene.palette.bad;
  context.stroke(lost);
  context.strokeStyle = scene.palette.mute;
  if (areFew) context.stroke(quiet);
  context.globalAlpha = 1;
}

/** The messages whose line touches what is shown, in the order of sending. */
export function messagesInView({ model, view, shown }: Scene): number[] {
  const { sentUs, endedUs } = model;
  const visible: number[] = [];
  const first = lowerBound(sentUs, view.fromUs - model.flightUsMax);
  for (let message = first; message < sentUs.length; message++) {
    if ((sentUs[message] as number) > view.toUs) break;
    const isOver = (endedUs[message] as number) < view.fromUs;
    if (!isOver && shown.message(message)) visible.push(message);
  }
  return visible;
}

/** `undefined` when one of its lanes is hidden. */
export function lineOf(scene: Scene, message: number): MessageLine | undefined {
  const { model, view, laneOf, lanesTop } = scene;
  const { from, to, fate, ended } = model.data.messages;
  const [fromLane, toLane] = [
    laneOf.get(from[message] as number),
    laneOf.get(to[message] as number),
  ];
  if (fromLane === undefined || toLane === undefined) return undefined;
  const isLost = fate[message] === LOST;
  const x1 = view.x(model.sentUs[message] as number);
  const y1 = lanesTop + fromLane.line;
  const isStub = ended[message] === -1;
  const endX = isStub ? x1 + STUB : view.x(model.endedUs[message] as number);
  const endY = lanesTop + toLane.line;
  if (!isLost && !isStub) return { x1, y1, x2: endX, y2: endY, isLost };
  // It did not get there.
  const share = isStub ? 0.3 : 0.88;
  return { x1, y1, x2: x1 + (endX - x1) * share, y2: y1 + (endY - y1) * share, isLost };
}

export function clipToLanes(context: Context, { view, headHeight, height }: Scene): void {
  context.beginPath();
  context.rect(view.left, headHeight, view.width, height - headHeight);
  context.clip();
}

// Of lines between the same lanes that would cover the same pixels one is enough.
function isCovered(scene: Scene, message: number, line: MessageLine, seen: Set<number>): boolean {
  const { from, to } = scene.model.data.messages;
  const nodes = scene.model.data.nodes.length;
  const pair = (from[message] as number) * nodes + (to[message] as number);
  const x = Math.round(Math.max(0, line.x1));
  // Small whole numbers: those are the ones that engines keep cheaply.
  const lean = Math.min(15, Math.max(0, Math.round((line.x2 - line.x1) / 2)));
  const key = ((pair * 4096 + (x & 4095)) * 16 + lean) * 2 + (line.isLost ? 1 : 0);
  if (seen.has(key)) return true;
  seen.add(key);
  return false;
}

function pathOf(paths: Map<string, Path2D>, name: string): Path2D {
  let path = paths.get(name);
  if (path === undefined) paths.set(name, (path = new Path2D()));
  return path;
}

function addCross(path: Path2D, { x2, y2 }: MessageLine, size: number): void {
  path.moveTo(x2 - size, y2 - size);
  path.lineTo(x2 + size, y2 + size);
  path.moveTo(x2 + size, y2 - size);
  path.lineTo(x2 - size, y2 + size);
}

function addHead(path: Path2D, { x1, y1, x2, y2 }: MessageLine): void {
  const length = Math.hypot(x2 - x1, y2 - y1) || 1;
  const [dx, dy] = [(x2 - x1) / length, (y2 - y1) / length];
  path.moveTo(x2, y2);
  path.lineTo(x2 - dx * 7 - dy * 3, y2 - dy * 7 + dx * 3);
  path.lineTo(x2 - dx * 7 + dy * 3, y2 - dy * 7 - dx * 3);
  path.closePath();
}

/** Fewer messages than that are drawn one by one, with heads. */
export const FEW = 300;
// What is no frame: it is lost all the time, and nobody misses it.
const CONNECTING: ReadonlySet<string> = new Set(['dial', 'close']);
const STUB = 24;
const LOST = 2;
