import { button, element } from './element.js';
import { FAMILIES, type Palette } from './palette.js';
import type { RunModel } from './run-model.js';
import type { Shown } from './shown.js';

interface Choice {
  readonly name: string;
  readonly count: number;
  readonly numbers: readonly number[];
  /** Its colour, in the theme of the moment. */
  readonly colour?: ((palette: Palette) => string) | undefined;
}

interface Group {
  readonly name: string;
  readonly choices: readonly Choice[];
}

/** The menus that say which events, frames, children and nodes are shown. */
export class Filters {
  readonly root: HTMLElement;
  readonly #swatches: [HTMLElement, (palette: Palette) => string][] = [];

  constructor(
    private readonly model: RunModel,
    private readonly shown: Shown,
  ) {
    this.root = element(
      'div',
      { class: 'filters' },
      this.#menu('Events', 'kinds', this.#kinds()),
      this.#menu('Messages', 'frames', this.#frames()),
      this.#menu('Children', 'children', this.#children()),
      this.#menu('Nodes', 'nodes', this.#nodes()),
    );
    document.addEventListener('pointerdown', ({ target }) => {
      for (const menu of this.root.querySelectorAll('details[open]')) {
        if (!menu.contains(target as Node)) menu.removeAttribute('open');
      }
    });
  }

  paint(palette: Palette): void {
    for (const [swatch, colour] of this.#swatches) swatch.style.background = colour(palette);
  }

  #menu(title: string, what: keyof Shown['hidden'], groups: readonly Group[]): HTMLElement {
    const boxes: HTMLInputElement[] = [];
    const badge = element('span', { class: 'badge', hidden: true });
    const update = (): void => {
      const hidden = boxes.filter(({ checked }) => !checked).length;
      badge.hidden = hidden === 0;
      badge.textContent = `${boxes.length - hidden}/${boxes.length}`;
    };
    const lists = groups
      .filter(({ choices }) => choices.length > 0)
      .map((group) => this.#group(what, group, boxes, update));
    const all = groups.flatMap(({ choices }) => choices.flatMap(({ numbers }) => numbers));
    const set = (isShown: boolean): void => {
      for (const box of boxes) box.checked = isShown;
      update();
      this.shown.toggle(what, all, isShown);
    };
    const setter = (label: string, isShown: boolean): HTMLElement => {
      return button(label, { title: `${label} of them`, kind: 'quiet' }, () => set(isShown));
    };
    const both = element('div', { class: 'both' }, setter('All', true), setter('None', false));
    const body = element('div', { class: 'menu' }, both);
    body.append(...lists);
    const summary = element('summary', {}, title, badge);
    return element('details', { class: 'filter', name: 'filter' }, summary, body);
  }

  #group(
    what: keyof Shown['hidden'],
    { name, choices }: Group,
    boxes: HTMLInputElement[],
    update: () => void,
  ): HTMLElement {
    const rows = choices.map((choice) => {
      const box = element('input', { type: 'checkbox', checked: true });
      boxes.push(box);
      box.addEventListener('change', () => {
        update();
        this.shown.toggle(what, choice.numbers, box.checked);
      });
      const swatch = element('i', { class: 'swatch' });
      if (choice.colour !== undefined) this.#swatches.push([swatch, choice.colour]);
      const count = element('span', { class: 'note' }, `${choice.count}`);
      return element('label', {}, box, swatch, choice.name, count);
    });
    const legend = name === '' ? [] : [element('legend', {}, name)];
    return element('fieldset', {}, ...legend, ...rows);
  }

  #kinds(): Group[] {
    const { kinds, events } = this.model.data;
    const counts = countsOf(events.kind, kinds.length);
    return GROUPS.map((group) => ({
      name: group,
      choices: kinds.flatMap((kind, number) => {
        if (kind.group !== group) return [];
        const colour = (palette: Palette): string => palette.group(group);
        return [{ name: kind.name, count: counts[number] ?? 0, numbers: [number], colour }];
      }),
    }));
  }

  #frames(): Group[] {
    const { frames, messages } = this.model.data;
    const counts = countsOf(messages.what, frames.length);
    const inFamily = (names: readonly string[]): Choice[] =>
      frames.flatMap((name, number) => {
        if (!names.includes(name)) return [];
        const colour = (palette: Palette): string => palette.frame(name);
        return [{ name, count: counts[number] ?? 0, numbers: [number], colour }];
      });
    const known = FAMILIES.map((family) => {
      return { name: family.name, choices: inFamily(family.frames) };
    });
    const named = new Set(FAMILIES.flatMap((family) => family.frames));
    return [
      ...known,
      { name: 'other', choices: inFamily(frames.filter((name) => !named.has(name))) },
    ];
  }

  #children(): Group[] {
    const { children, bars } = this.model.data;
    const counts = countsOf(
      bars.map(({ child }) => child),
      children.length,
    );
    const choices = children.map((name, number) => ({
      name,
      count: counts[number] ?? 0,
      numbers: [number],
      colour: (palette: Palette): string => palette.child(number).edge,
    }));
    return [{ name: '', choices }];
  }

  #nodes(): Group[] {
    const choices = this.model.data.nodes.map(({ name }, number) => {
      return { name, count: this.model.byNode[number]?.length ?? 0, numbers: [number] };
    });
    return [{ name: '', choices }];
  }
}

function countsOf(numbers: readonly number[], length: number): number[] {
  const counts = Array.from({ length }, () => 0);
  for (const number of numbers) counts[number] = (counts[number] ?? 0) + 1;
  return counts;
}

const GROUPS = ['faults', 'supervision', 'cluster', 'calls', 'network', 'turns'] as const;
