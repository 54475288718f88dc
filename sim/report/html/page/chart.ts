import { element } from './element.js';
import { paintEvents, paintFocus } from './event-paint.js';
import { AXIS_HEIGHT, FAULT_PITCH, LABEL_WIDTH, paintGrid, paintHead } from './head-paint.js';
import { bandRows, type Lane, laneLayout } from './lane-layout.js';
import { paintBarLabels, paintBars, paintLanes, paintMoves } from './lane-paint.js';
import { clipToLanes, FEW, messagesInView, paintMessages } from './message-paint.js';
import { type Palette } from './palette.js';
import { targetAt } from './pointing.js';
import type { RunModel } from './run-model.js';
import type { Drawn, Scene, Target } from './scene.js';
import type { Shown } from './shown.js';
import type { TimeView } from './time-view.js';

/** The space-time diagram: a canvas, and one element for each lane beside it. */
export class Chart {
  readonly root: HTMLElement;
  readonly canvas: HTMLCanvasElement;
  hovered: Target | undefined;
  pinned: number | undefined;
  readonly #context: CanvasRenderingContext2D;
  readonly #spacer: HTMLElement;
  readonly #labels: HTMLElement[];
  readonly #corner: HTMLElement;
  /** The picture without what is pointed at. */
  readonly #kept = element('canvas');
  #scene: Scene | undefined;

  constructor(
    private readonly model: RunModel,
    private readonly view: TimeView,
    private readonly shown: Shown,
  ) {
    const label = 'Space-time diagram. Arrow keys move, plus and minus zoom, n and p step events.';
    this.canvas = element('canvas', { tabindex: 0, role: 'img', 'aria-label': label });
    this.#context = this.canvas.getContext('2d') as CanvasRenderingContext2D;
    this.#labels = model.data.nodes.map((node, at) => this.#laneLabel(at, node.isSupervisor));
    this.#corner = element('div', { class: 'corner' });
    // Of no height itself, so that the canvas begins where it does.
    const holder = element('div', { class: 'holder' }, this.#corner);
    this.#spacer = element('div', { class: 'spacer' }, holder, this.canvas, ...this.#labels);
    this.root = element('div', { class: 'scroller' }, this.#spacer);
  }

  /** Draws everything anew, and gives what was drawn. */
  draw(palette: Palette): Drawn {
    const scene = this.#layOut(palette);
    this.#scene = scene;
    const context = this.#context;
    const ratio = window.devicePixelRatio || 1;
    resize(this.canvas, scene, ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = palette.ground;
    context.fillRect(0, 0, scene.width, scene.height);
    const drawn: Drawn = { lanes: 0, bars: 0, messages: 0, events: 0, bands: 0 };
    context.save();
    clipToLanes(context, scene);
    paintLanes(context, scene, drawn);
    paintGrid(context, scene);
    // A few lines may cross the bars; thousands would hide them.
    const messages = messagesInView(scene);
    drawn.messages = messages.length;
    const areFew = messages.length < FEW;
    if (!areFew) paintMessages(context, scene, messages);
    paintBars(context, scene, drawn);
    if (areFew) paintMessages(context, scene, messages);
    paintBarLabels(context, scene);
    paintMoves(context, scene);
    context.restore();
    paintEvents(context, scene, drawn);
    paintHead(context, scene);
    this.#placeLabels(scene);
    this.#keep();
    paintFocus(context, scene);
    return drawn;
  }

  /** Draws what is pointed at or pinned anew, over a picture that is otherwise the same. */
  drawFocus(): void {
    if (this.#scene === undefined) return;
    const { hovered, pinned } = this;
    const scene = { ...this.#scene, hovered, pinned };
    this.#context.drawImage(this.#kept, 0, 0, scene.width, scene.height);
    paintFocus(this.#context, scene);
  }

  /** What is at a place, in pixels of the canvas. */
  at(x: number, y: number): Target | undefined {
    return this.#scene === undefined ? undefined : targetAt(this.#scene, x, y);
  }

  /** Scrolls until the lane of a node is in sight. */
  reveal(node: number): void {
    const lane = this.#scene?.laneOf.get(node);
    if (lane === undefined || this.#scene === undefined) return;
    const { scrollTop, clientHeight } = this.root;
    const room = clientHeight - this.#scene.headHeight;
    if (lane.top < scrollTop) this.root.scrollTop = lane.top;
    if (lane.top + lane.height > scrollTop + room) {
      this.root.scrollTop = lane.top + lane.height - room;
    }
  }

  #keep(): void {
    this.#kept.width = this.canvas.width;
    this.#kept.height = this.canvas.height;
    this.#kept.getContext('2d')?.drawImage(this.canvas, 0, 0);
  }

  #layOut(palette: Palette): Scene {
    const { model, view, shown, hovered, pinned } = this;
    const { clientWidth: width, clientHeight: height } = this.root;
    view.left = GUTTER;
    view.width = Math.max(50, width - GUTTER);
    const bands = bandRows(model.data.bands, (view.spanUs / view.width) * LABEL_WIDTH);
    const rows = Math.max(0, ...bands.map(({ row }) => row + 1));
    const headHeight = AXIS_HEIGHT + Math.min(rows, ROWS_MAX) * FAULT_PITCH + (rows > 0 ? 4 : 0);
    const lanes = laneLayout(model.data, shown, height - headHeight);
    const laneOf = new Map(lanes.map((lane) => [lane.node, lane]));
    this.#spacer.style.height = `${headHeight + lanesHeight(lanes)}px`;
    const lanesTop = headHeight - this.root.scrollTop;
    const where = { lanes, laneOf, bands, lanesTop, headHeight, width, height };
    return { model, view, shown, palette, ...where, hovered, pinned };
  }

  #placeLabels({ laneOf, headHeight }: Scene): void {
    this.#corner.style.height = `${headHeight}px`;
    for (const [node, label] of this.#labels.entries()) {
      const lane = laneOf.get(node);
      label.hidden = lane === undefined;
      if (lane === undefined) continue;
      label.style.top = `${headHeight + lane.top}px`;
      label.style.height = `${lane.height}px`;
    }
  }

  #laneLabel(node: number, isSupervisor: boolean): HTMLElement {
    const { nodes, bars, messages } = this.model.data;
    const { name = '', id = '' } = nodes[node] ?? {};
    const count = (ofNodes: readonly number[]): number => {
      return ofNodes.filter((other) => other === node).length;
    };
    const attributes = {
      class: 'lane',
      title: id,
      'data-node': id,
      'data-bars': bars.filter((bar) => bar.node === node).length,
      'data-sent': count(messages.from),
    };
    const address = id.split('@')[1]?.split(':')[0] ?? '';
    const more = isSupervisor ? 'supervisor' : address;
    const small = element('small', { class: isSupervisor ? 'supervisor' : undefined }, more);
    return element('div', attributes, element('b', {}, name), small);
  }
}

function lanesHeight(lanes: readonly Lane[]): number {
  return lanes.reduce((sum, { height }) => sum + height, 0);
}

function resize(canvas: HTMLCanvasElement, { width, height }: Scene, ratio: number): void {
  const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)];
  if (canvas.width === wide && canvas.height === high) return;
  canvas.width = wide;
  canvas.height = high;
  canvas.style.width = `${width}px`;
  canvas.style.height = `${height}px`;
}

export const GUTTER = 104;
const ROWS_MAX = 7;
