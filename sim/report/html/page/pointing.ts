import { eventsInView } from './event-paint.js';
import { faultTop, FAULT_PITCH } from './head-paint.js';
import { lineOf, messagesInView } from './message-paint.js';
import type { Scene, Target } from './scene.js';

/** What is at a place of the canvas: an event before a message, a message before a bar. */
export function targetAt(scene: Scene, x: number, y: number): Target | undefined {
  if (x < scene.view.left) return undefined;
  if (y < scene.headHeight) return faultAt(scene, x, y);
  return (
    eventAt(scene, x, y) ?? messageAt(scene, x, y) ?? barAt(scene, x, y) ?? bandAt(scene, x, y)
  );
}

function eventAt(scene: Scene, x: number, y: number): Target | undefined {
  const lane = scene.lanes.find(({ line }) => Math.abs(scene.lanesTop + line - y) <= 7);
  if (lane === undefined) return undefined;
  let [best, distance, others] = [-1, NEAR, 0];
  for (const event of eventsInView(scene, lane.node)) {
    const away = Math.abs(scene.view.x(scene.model.atUs[event] as number) - x);
    if (away > distance) continue;
    const rank = RANKS[scene.model.group(event)] ?? 0;
    const bestRank = best === -1 ? -1 : (RANKS[scene.model.group(best)] ?? 0);
    if (away > distance - 0.5 && best !== -1) {
      others += 1;
      if (rank <= bestRank) continue;
    } else others = 0;
    [best, distance] = [event, Math.min(distance, away + 0.5)];
  }
  return best === -1 ? undefined : { kind: 'event', event: best, others };
}

function messageAt(scene: Scene, x: number, y: number): Target | undefined {
  let [best, distance] = [-1, NEAR];
  for (const message of messagesInView(scene)) {
    const line = lineOf(scene, message);
    if (line === undefined) continue;
    if (y < Math.min(line.y1, line.y2) - 2 || y > Math.max(line.y1, line.y2) + 2) continue;
    const share = line.y1 === line.y2 ? 0 : (y - line.y1) / (line.y2 - line.y1);
    const away = Math.abs(line.x1 + share * (line.x2 - line.x1) - x);
    if (away < distance) [best, distance] = [message, away];
  }
  return best === -1 ? undefined : { kind: 'message', message: best };
}

function barAt({ lanes, lanesTop, view }: Scene, x: number, y: number): Target | undefined {
  const us = view.us(x);
  for (const { bars } of lanes) {
    for (const { bar, top, height } of bars) {
      if (y < lanesTop + top || y > lanesTop + top + height) continue;
      if (us >= bar.fromUs && us <= Math.max(bar.toUs, bar.ghostUs ?? 0)) {
        return { kind: 'bar', bar };
      }
    }
  }
  return undefined;
}

function bandAt({ lanes, lanesTop, bands, view }: Scene, x: number, y: number): Target | undefined {
  const lane = lanes.find(({ top, height }) => {
    return y >= lanesTop + top && y < lanesTop + top + height;
  });
  const us = view.us(x);
  const found = bands.findLast(({ band: { nodes, fromUs, toUs } }) => {
    return lane !== undefined && nodes.includes(lane.node) && us >= fromUs && us <= toUs;
  });
  return found === undefined ? undefined : { kind: 'band', band: found.band };
}

function faultAt({ bands, view }: Scene, x: number, y: number): Target | undefined {
  const found = bands.findLast(({ band, row }) => {
    const top = faultTop(row);
    const from = Math.max(view.left, view.x(band.fromUs));
    const to = band.kind === 'down' ? from + 170 : Math.max(view.x(band.toUs), from + 170);
    return y >= top && y < top + FAULT_PITCH && x >= from - 4 && x <= to;
  });
  return found === undefined ? undefined : { kind: 'band', band: found.band };
}

const NEAR = 5;
const RANKS: Readonly<Record<string, number>> = { faults: 4, supervision: 3, cluster: 2, calls: 1 };
