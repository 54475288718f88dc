import { button, element } from './element.js';
import { type Card, eventCard, eventLine } from './event-text.js';
import type { RunModel } from './run-model.js';
import { timeText } from './time-text.js';

/** The pinned event: what it is, what led to it step by step, and what it led to. */
export class Inspector {
  readonly root = element('section', { class: 'inspector', 'aria-live': 'polite' });

  constructor(
    private readonly model: RunModel,
    private readonly choose: (event: number | undefined) => void,
  ) {
    this.show(undefined);
  }

  show(event: number | undefined): void {
    this.root.hidden = event === undefined;
    if (event === undefined) return this.root.replaceChildren();
    const { model } = this;
    const card = eventCard(model, event);
    const close = button('×', { title: 'Unpin (Escape)', kind: 'quiet' }, () => {
      this.choose(undefined);
    });
    this.root.replaceChildren(
      element('h2', {}, card.title, close),
      cardRows(card, new Set(['detail'])),
      ...this.#detail(event),
      ...this.#list('what led to it', model.chain(event).slice(1)),
      ...this.#list('what it led to', model.effects(event)),
    );
  }

  #detail(event: number): HTMLElement[] {
    const detail = this.model.detail(event);
    if (detail === undefined) return [];
    return [element('pre', {}, JSON.stringify(JSON.parse(detail), null, 1))];
  }

  #list(title: string, events: readonly number[]): HTMLElement[] {
    if (events.length === 0) return [];
    const lines = events.slice(0, LINES_MAX).map((event) => {
      const at = timeText(this.model.atUs[event] as number);
      const jump = button(
        eventLine(this.model, event),
        { title: `Event ${event} at ${at}` },
        () => {
          this.choose(event);
        },
      );
      return element('li', {}, jump, element('span', { class: 'when' }, at));
    });
    const left = events.length - lines.length;
    const more = left > 0 ? [element('li', { class: 'when' }, `and ${left} more`)] : [];
    return [element('h3', {}, title), element('ol', { class: 'chain' }, ...lines, ...more)];
  }
}

/** The rows of a card as a list of names and values. */
export function cardRows({ rows }: Card, without: ReadonlySet<string> = NONE): HTMLElement {
  const shown = rows.filter(([name]) => !without.has(name));
  const items = shown.flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', {}, value),
  ]);
  return element('dl', {}, ...items);
}

const LINES_MAX = 14;
const NONE: ReadonlySet<string> = new Set();
