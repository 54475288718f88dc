import { element } from './element.js';
import { GUTTER } from './chart.js';
import type { Palette } from './palette.js';
import type { RunModel } from './run-model.js';
import type { TimeView } from './time-view.js';

/** The whole run in a strip: how much happened when, which faults struck, and what is shown now. */
export class Overview {
  readonly canvas: HTMLCanvasElement;
  #counts = new Float64Array();
  #grip: { readonly kind: 'from' | 'to' | 'move' | 'brush'; readonly us: number } | undefined;

  constructor(
    private readonly model: RunModel,
    private readonly view: TimeView,
  ) {
    const label = 'The whole run. Drag to choose the part that is shown.';
    this.canvas = element('canvas', { class: 'overview', role: 'img', 'aria-label': label });
    this.canvas.addEventListener('pointerdown', (event) => this.#press(event));
    this.canvas.addEventListener('pointermove', (event) => this.#drag(event));
    this.canvas.addEventListener('pointerup', () => (this.#grip = undefined));
    this.canvas.addEventListener('dblclick', () => this.view.fit());
  }

  draw(palette: Palette): void {
    const { canvas, view } = this;
    const ratio = window.devicePixelRatio || 1;
    const width = canvas.clientWidth;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(HEIGHT * ratio);
    const context = canvas.getContext('2d') as CanvasRenderingContext2D;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = palette.lane;
    context.fillRect(GUTTER, 0, width - GUTTER, HEIGHT);
    this.#density(context, palette);
    for (const { kind, fromUs, toUs } of this.model.data.bands) {
      const x = this.#x(fromUs);
      context.fillStyle = palette.fault(kind);
      context.globalAlpha = kind === 'down' ? 1 : 0.3;
      context.fillRect(x, 0, kind === 'down' ? 2 : Math.max(2, this.#x(toUs) - x), HEIGHT);
    }
    context.globalAlpha = 1;
    const { bad } = this.model.data.run;
    if (bad !== null) {
      context.fillStyle = palette.bad;
      context.fillRect(this.#x(bad.atUs) - 1, 0, 3, HEIGHT);
    }
    const [from, to] = [
      this.#x(Math.max(0, view.fromUs)),
      this.#x(Math.min(view.toUs, view.endUs)),
    ];
    context.fillStyle = palette.ground;
    context.globalAlpha = 0.66;
    context.fillRect(GUTTER, 0, from - GUTTER, HEIGHT);
    context.fillRect(to, 0, width - to, HEIGHT);
    context.globalAlpha = 1;
    context.strokeStyle = palette.accent;
    context.lineWidth = 1.5;
    context.strokeRect(from + 0.75, 0.75, Math.max(2, to - from - 1.5), HEIGHT - 1.5);
  }

  #density(context: CanvasRenderingContext2D, palette: Palette): void {
    const width = Math.max(1, Math.floor(this.canvas.clientWidth - GUTTER));
    const counts = this.#countsOf(Math.ceil(width / 2) + 1);
    // A column with a hundred times as many events is not a hundred times as interesting.
    const most = Math.log1p(counts.reduce((max, count) => Math.max(max, count), 1));
    context.fillStyle = palette.faint;
    for (const [column, count] of counts.entries()) {
      const height = (Math.log1p(count) / most) * (HEIGHT - 6);
      context.fillRect(GUTTER + column * 2, HEIGHT - height, 1.5, height);
    }
  }

  #countsOf(columns: number): Float64Array {
    if (this.#counts.length === columns) return this.#counts;
    const { atUs, endUs } = this.model;
    const counts = new Float64Array(columns);
    for (const us of atUs) {
      const column = Math.floor((us / endUs) * (columns - 1));
      counts[column] = (counts[column] ?? 0) + 1;
    }
    return (this.#counts = counts);
  }

  #x(us: number): number {
    return GUTTER + (us / this.model.endUs) * (this.canvas.clientWidth - GUTTER);
  }

  #us({ offsetX }: PointerEvent): number {
    return ((offsetX - GUTTER) / (this.canvas.clientWidth - GUTTER)) * this.model.endUs;
  }

  #press(event: PointerEvent): void {
    const { view } = this;
    const us = this.#us(event);
    const away = (edgeUs: number): number => Math.abs(this.#x(edgeUs) - event.offsetX);
    const isWhole = view.spanUs >= view.endUs;
    if (!isWhole && away(view.fromUs) < EDGE) this.#grip = { kind: 'from', us };
    else if (!isWhole && away(view.toUs) < EDGE) this.#grip = { kind: 'to', us };
    else if (!isWhole && us > view.fromUs && us < view.toUs) this.#grip = { kind: 'move', us };
    else this.#grip = { kind: 'brush', us };
    this.canvas.setPointerCapture(event.pointerId);
  }

  #drag(event: PointerEvent): void {
    const grip = this.#grip;
    if (grip === undefined) return;
    const { view } = this;
    const us = this.#us(event);
    switch (grip.kind) {
      case 'from':
        return view.show(Math.min(us, view.toUs - 1), view.toUs);
      case 'to':
        return view.show(view.fromUs, Math.max(us, view.fromUs + 1));
      case 'move':
        view.pan(us - grip.us);
        this.#grip = { kind: 'move', us };
        return;
      case 'brush':
        return view.show(Math.min(us, grip.us), Math.max(us, grip.us));
    }
  }
}

const HEIGHT = 44;
const EDGE = 6;
