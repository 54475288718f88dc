import type { ReportData } from '../report-data.js';
import { Chart } from './chart.js';
import { button, element } from './element.js';
import { cardOf } from './event-text.js';
import { Filters } from './filters.js';
import { listenToKeys, listenToPointer } from './gestures.js';
import { headerOf } from './header.js';
import { Inspector } from './inspector.js';
import { Overview } from './overview.js';
import { paletteOf } from './palette.js';
import { panelSections } from './panel.js';
import { RunModel } from './run-model.js';
import type { Drawn, Target } from './scene.js';
import { Shown } from './shown.js';
import { Theme } from './theme.js';
import { timeText } from './time-text.js';
import { TimeView } from './time-view.js';
import { Tooltip } from './tooltip.js';

declare global {
  interface Window {
    /** What the last drawing showed, and a way to the same things that a reader does by hand. */
    faultlineReport?: {
      drawn: Drawn;
      show(fromUs: number, toUs: number): void;
      pin(event: number): void;
    };
  }
}

/** The whole page: puts the parts together and draws when one of them changed. */
export class Report {
  readonly #model: RunModel;
  readonly #view: TimeView;
  readonly #shown: Shown;
  readonly #chart: Chart;
  readonly #overview: Overview;
  readonly #filters: Filters;
  readonly #inspector: Inspector;
  readonly #tooltip = new Tooltip();
  readonly #theme: Theme;
  readonly #search: HTMLInputElement;
  readonly #status = element('span', { class: 'status', role: 'status' });
  #isDue = false;
  #isMounted = false;

  constructor(data: ReportData) {
    const draw = (): void => this.#drawSoon();
    this.#model = new RunModel(data);
    this.#view = new TimeView(this.#model.endUs, draw);
    this.#shown = new Shown(this.#model, draw);
    this.#chart = new Chart(this.#model, this.#view, this.#shown);
    this.#overview = new Overview(this.#model, this.#view);
    this.#filters = new Filters(this.#model, this.#shown);
    this.#inspector = new Inspector(this.#model, (event) => this.#pin(event));
    this.#theme = new Theme(draw);
    this.#search = this.#searchBox();
  }

  mount(body: HTMLElement): void {
    const { data } = this.#model;
    const panel = element('aside', { 'aria-label': 'About the run' }, this.#inspector.root);
    panel.append(...panelSections(data, { jump: (event) => this.#jump(event) }));
    const chart = element('section', { class: 'chart', 'aria-label': 'What happened' });
    chart.append(this.#toolbar(), this.#overview.canvas, this.#chart.root);
    const main = element('main', {}, chart, panel);
    body.append(headerOf(data, this.#theme.button), main, this.#tooltip.root);
    this.#isMounted = true;
    this.#listen();
    this.#draw();
  }

  #listen(): void {
    listenToPointer(this.#chart, this.#view, {
      point: (target, at) => this.#point(target, at),
      choose: (target) => this.#choose(target),
    });
    listenToKeys(this.#chart, this.#view, {
      step: (by) => this.#step(by),
      clear: () => this.#clear(),
      search: () => this.#search.focus(),
      bad: () => {
        const { bad } = this.#model.data.run;
        if (bad !== null) this.#jump(bad.event);
      },
    });
    this.#chart.root.addEventListener('scroll', () => this.#draw());
    new ResizeObserver(() => this.#draw()).observe(this.#chart.root);
  }

  #toolbar(): HTMLElement {
    const view = this.#view;
    const zoom = element(
      'div',
      { class: 'zoom' },
      button('−', { title: 'Zoom out (-)' }, () => view.zoom(1 / 1.8)),
      button('+', { title: 'Zoom in (+)' }, () => view.zoom(1.8)),
      button('Fit', { title: 'Show the whole run (0)' }, () => view.fit()),
      button('‹', { title: 'Event before (p)' }, () => this.#step(-1)),
      button('›', { title: 'Next event (n)' }, () => this.#step(1)),
    );
    return element(
      'div',
      { class: 'toolbar', role: 'toolbar' },
      zoom,
      this.#filters.root,
      this.#search,
      this.#status,
    );
  }

  #searchBox(): HTMLInputElement {
    const label = 'Search events (/), Enter for the next one';
    const box = element('input', { type: 'search', placeholder: 'Search events', title: label });
    box.setAttribute('aria-label', label);
    box.addEventListener('input', () => this.#shown.search(box.value));
    box.addEventListener('keydown', (event) => {
      if (event.key === 'Enter') this.#step(event.shiftKey ? -1 : 1);
    });
    return box;
  }

  #point(target: Target | undefined, at: { x: number; y: number }): void {
    this.#chart.hovered = target;
    this.#chart.canvas.style.cursor = target === undefined ? 'grab' : 'pointer';
    this.#tooltip.show(target === undefined ? undefined : cardOf(this.#model, target), at);
    if (!this.#isDue) this.#chart.drawFocus();
  }

  #choose(target: Target | undefined): void {
    if (target === undefined) return this.#pin(undefined);
    this.#pin(this.#eventOf(target));
  }

  #eventOf(target: Target): number {
    switch (target.kind) {
      case 'event':
        return target.event;
      case 'message': {
        const { sent, ended } = this.#model.data.messages;
        const end = ended[target.message] as number;
        return end === -1 ? (sent[target.message] as number) : end;
      }
      case 'bar':
        return target.bar.started;
      case 'band':
        return target.band.event;
    }
  }

  #pin(event: number | undefined): void {
    this.#chart.pinned = event;
    this.#inspector.show(event);
    this.#inspector.root.parentElement?.scrollTo({ top: 0 });
    if (event === undefined) return this.#drawSoon();
    const atUs = this.#model.atUs[event] as number;
    if (atUs < this.#view.fromUs || atUs > this.#view.toUs) this.#view.focus(atUs);
    this.#draw();
    this.#chart.reveal(this.#model.data.events.node[event] ?? -1);
  }

  /** Pins an event and goes near to it. */
  #jump(event: number): void {
    const atUs = this.#model.atUs[event];
    if (atUs === undefined) return;
    this.#view.focus(atUs, Math.min(this.#view.spanUs, JUMP_SPAN_US));
    this.#pin(event);
  }

  /** The next event, or the one before, of those that are searched or shown. */
  #step(by: 1 | -1): void {
    const { found } = this.#shown;
    const events =
      found ?? Array.from(this.#model.atUs.keys()).filter((at) => this.#shown.event(at));
    const { pinned } = this.#chart;
    const from = pinned ?? events.findLast((at) => (this.#model.atUs[at] ?? 0) < this.#view.fromUs);
    const next =
      by === 1
        ? events.find((event) => event > (from ?? -1))
        : events.findLast((event) => event < (pinned ?? -1));
    if (next === undefined) return;
    if (found === undefined) this.#pin(next);
    else this.#jump(next);
  }

  #clear(): void {
    this.#tooltip.show(undefined, { x: 0, y: 0 });
    if (this.#search.value !== '') {
      this.#search.value = '';
      this.#shown.search('');
    }
    this.#search.blur();
    this.#pin(undefined);
  }

  #drawSoon(): void {
    if (this.#isDue || !this.#isMounted) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#draw();
    });
  }

  #draw(): void {
    if (!this.#isMounted) return;
    const palette = paletteOf(this.#theme.isDark);
    const drawn = this.#chart.draw(palette);
    this.#overview.draw(palette);
    this.#filters.paint(palette);
    const { found } = this.#shown;
    const span = `${timeText(Math.max(0, this.#view.fromUs), this.#view.spanUs)} to ${timeText(
      Math.min(this.#view.endUs, this.#view.toUs),
      this.#view.spanUs,
    )}`;
    this.#status.textContent = found === undefined ? span : `${found.length} found`;
    Object.assign(this.#chart.root.dataset, drawn);
    window.faultlineReport = {
      drawn,
      show: (fromUs, toUs) => this.#view.show(fromUs, toUs),
      pin: (event) => this.#jump(event),
    };
  }
}

const JUMP_SPAN_US = 60_000;
