import { element } from './element.js';
import { type Card } from './event-text.js';
import { cardRows } from './inspector.js';

/** A card beside the pointer. It never covers what it is about. */
export class Tooltip {
  readonly root = element('div', { class: 'tooltip', role: 'tooltip', hidden: true });

  show(card: Card | undefined, at: { readonly x: number; readonly y: number }): void {
    this.root.hidden = card === undefined;
    if (card === undefined) return;
    this.root.replaceChildren(element('b', {}, card.title), cardRows(card));
    const { offsetWidth, offsetHeight } = this.root;
    const right = at.x + 16 + offsetWidth;
    const below = at.y + 18 + offsetHeight;
    const x = right > window.innerWidth ? at.x - 12 - offsetWidth : at.x + 16;
    const y = below > window.innerHeight ? at.y - 12 - offsetHeight : at.y + 18;
    this.root.style.transform = `translate(${Math.max(4, x)}px, ${Math.max(4, y)}px)`;
  }
}
