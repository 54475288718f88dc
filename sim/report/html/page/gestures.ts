import type { Chart } from './chart.js';
import type { Target } from './scene.js';
import type { TimeView } from './time-view.js';

export interface GestureActs {
  point(target: Target | undefined, at: { readonly x: number; readonly y: number }): void;
  choose(target: Target | undefined): void;
}

/** The wheel zooms where the pointer is, dragging moves, a click chooses. */
export function listenToPointer(chart: Chart, view: TimeView, acts: GestureActs): void {
  const { canvas } = chart;
  let held: { x: number; y: number; moved: boolean } | undefined;
  canvas.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const isSideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
      const delta = event.deltaY + event.deltaX;
      if (isSideways) view.pan((delta / view.width) * view.spanUs);
      else if (event.altKey) chart.root.scrollTop += event.deltaY;
      else view.zoom(Math.exp(-event.deltaY * WHEEL_SPEED), view.us(event.offsetX));
    },
    { passive: false },
  );
  canvas.addEventListener('pointerdown', (event) => {
    held = { x: event.clientX, y: event.clientY, moved: false };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener('pointermove', (event) => {
    const at = { x: event.clientX, y: event.clientY };
    if (held === undefined) {
      acts.point(chart.at(event.offsetX, event.offsetY), at);
      return;
    }
    const [dx, dy] = [at.x - held.x, at.y - held.y];
    if (!held.moved && Math.hypot(dx, dy) < CLICK) return;
    held = { ...at, moved: true };
    acts.point(undefined, at);
    chart.root.scrollTop -= dy;
    view.pan((-dx / view.width) * view.spanUs);
  });
  canvas.addEventListener('pointerup', (event) => {
    const wasClick = held?.moved === false;
    held = undefined;
    if (wasClick) acts.choose(chart.at(event.offsetX, event.offsetY));
  });
  canvas.addEventListener('pointerleave', () => acts.point(undefined, { x: 0, y: 0 }));
  canvas.addEventListener('dblclick', (event) => view.zoom(4, view.us(event.offsetX)));
}

export interface KeyActs {
  step(by: 1 | -1): void;
  clear(): void;
  search(): void;
  bad(): void;
}

/** Keys work wherever nothing is being typed. */
export function listenToKeys(chart: Chart, view: TimeView, acts: KeyActs): void {
  const keys: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => view.pan(-view.spanUs * STEP),
    ArrowRight: () => view.pan(view.spanUs * STEP),
    ArrowUp: () => (chart.root.scrollTop -= 40),
    ArrowDown: () => (chart.root.scrollTop += 40),
    '+': () => view.zoom(1.5),
    '=': () => view.zoom(1.5),
    '-': () => view.zoom(1 / 1.5),
    '0': () => view.fit(),
    n: () => acts.step(1),
    p: () => acts.step(-1),
    b: () => acts.bad(),
    '/': () => acts.search(),
    Escape: () => acts.clear(),
  };
  document.addEventListener('keydown', (event) => {
    const { target, ctrlKey, metaKey, altKey } = event;
    const isTyping = target instanceof HTMLInputElement && target.type !== 'checkbox';
    if (ctrlKey || metaKey || altKey || (isTyping && event.key !== 'Escape')) return;
    const act = Object.hasOwn(keys, event.key) ? keys[event.key] : undefined;
    if (act === undefined) return;
    event.preventDefault();
    act();
  });
}

const WHEEL_SPEED = 0.0016;
const CLICK = 4;
const STEP = 0.2;
