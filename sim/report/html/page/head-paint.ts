import { FONT, isInView } from './lane-paint.js';
import type { Scene } from './scene.js';
import { tickUs, timeText } from './time-text.js';

type Context = CanvasRenderingContext2D;

/** What stays in place above the lanes: the axis, and the faults in rows. */
export function paintHead(context: Context, scene: Scene): void {
  const { palette, width, headHeight } = scene;
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, headHeight);
  paintAxis(context, scene);
  context.save();
  context.beginPath();
  context.rect(scene.view.left, 0, scene.view.width, headHeight);
  context.clip();
  for (const { band, row } of scene.bands) {
    if (isInView(scene, band.fromUs, Infinity)) paintFault(context, scene, band, row);
  }
  context.restore();
  context.fillStyle = palette.rule;
  context.fillRect(0, headHeight - 1, width, 1);
}

/** Lines through all lanes where the axis has its ticks. */
export function paintGrid(context: Context, scene: Scene): void {
  context.fillStyle = scene.palette.rule;
  context.globalAlpha = 0.7;
  for (const us of ticks(scene)) {
    context.fillRect(Math.round(scene.view.x(us)), scene.headHeight, 1, scene.height);
  }
  context.globalAlpha = 1;
}

/** Where the row of a fault is. */
export function faultTop(row: number): number {
  return AXIS_HEIGHT + row * FAULT_PITCH;
}

function paintAxis(context: Context, scene: Scene): void {
  const { view, palette } = scene;
  context.font = `500 11px ${FONT}`;
  context.fillStyle = palette.soft;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (const us of ticks(scene)) {
    const x = view.x(us);
    if (x < view.left + 12 || x > view.left + view.width - 20) continue;
    context.fillText(timeText(us, view.spanUs), x, 11);
  }
}

function* ticks({ view }: Scene): Generator<number> {
  const step = tickUs((view.spanUs / view.width) * 96);
  const last = Math.min(view.toUs, view.endUs);
  for (let us = Math.max(0, Math.ceil(view.fromUs / step) * step); us <= last; us += step) yield us;
}

function paintFault(
  context: Context,
  scene: Scene,
  { kind, text, fromUs, toUs }: Scene['bands'][number]['band'],
  row: number,
): void {
  const { view, palette } = scene;
  const y = faultTop(row);
  const x1 = Math.max(view.x(fromUs), view.left);
  const x2 = kind === 'down' ? x1 + 2 : Math.max(view.x(toUs), x1 + 2);
  if (kind === 'down' ? view.x(fromUs) < view.left : view.x(toUs) < view.left) return;
  const colour = palette.fault(kind);
  context.fillStyle = colour;
  context.globalAlpha = 0.2;
  context.fillRect(x1, y, x2 - x1, FAULT_PITCH - 3);
  context.globalAlpha = 1;
  context.fillRect(x1, y, 3, FAULT_PITCH - 3);
  context.font = `500 11px ${FONT}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.fillStyle = palette.ink;
  const label = kind === 'down' ? text : `${kind}: ${text}`;
  const room = Math.max(x2 - x1, LABEL_WIDTH) - 10;
  context.fillText(fitted(context, label, room), x1 + 7, y + FAULT_PITCH / 2 - 1);
}

// As much of a text as there is room for.
function fitted(context: Context, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let length = text.length;
  while (length > 1 && context.measureText(`${text.slice(0, length)}…`).width > room) length -= 1;
  return `${text.slice(0, length)}…`;
}

export const LABEL_WIDTH = 185;
export const AXIS_HEIGHT = 24;
export const FAULT_PITCH = 18;
