import type { ReportData } from '../report-data.js';
import { element } from './element.js';
import { recoveryHistogram } from './histogram.js';
import { timeText, wholeText } from './time-text.js';

/** Where the panel sends the reader. */
export interface PanelActs {
  /** Shows an event; a fault that never struck has none. */
  jump(event: number): void;
}

/** Verdict, what the seed drew, invariants, recoveries: what stands beside the picture. */
export function panelSections(data: ReportData, acts: PanelActs): HTMLElement[] {
  return [
    ...verdictSection(data, acts),
    faultSection(data, acts),
    invariantSection(data),
    recoverySection(data),
    factSection(data),
  ];
}

function verdictSection({ run }: ReportData, { jump }: PanelActs): HTMLElement[] {
  if (run.reason === null && run.bad === null) return [];
  const { bad } = run;
  const text = element('p', { class: 'reason' }, run.reason ?? '');
  if (bad === null) return [element('section', { class: 'why' }, element('h2', {}, 'Why'), text)];
  const show = element('button', { type: 'button', class: 'primary', id: 'jump-bad' });
  show.append(`Show the first bad event (${bad.event}, ${timeText(bad.atUs)})`);
  show.addEventListener('click', () => jump(bad.event));
  return [element('section', { class: 'why' }, element('h2', {}, 'Why'), text, show)];
}

function faultSection({ faults }: ReportData, { jump }: PanelActs): HTMLElement {
  const rows = faults.map(({ kind, text, when, event }) => {
    const line = element('button', { type: 'button', class: 'fault', disabled: event === -1 });
    line.append(
      element('span', { class: 'tag' }, kind),
      element('span', {}, text),
      element('span', { class: 'when' }, event === -1 ? `${when}: never struck` : when),
    );
    line.addEventListener('click', () => jump(event));
    return element('li', {}, line);
  });
  const list =
    rows.length === 0
      ? element('p', { class: 'when' }, 'No fault was drawn.')
      : element('ul', { class: 'faults' }, ...rows);
  return section(`Drawn from the seed`, `${faults.length}`, list);
}

function invariantSection({ run: { invariants } }: ReportData): HTMLElement {
  const rows = invariants.map(({ id, title, checked, failed, excused }) => {
    const state = failed > 0 ? 'bad' : checked > 0 ? 'good' : excused ? 'excused' : 'untested';
    const sign = { bad: '✕', good: '✓', excused: '–', untested: '?' }[state];
    const words = {
      bad: 'broken',
      good: 'holds',
      excused: 'nothing to test',
      untested: 'untested',
    };
    return element(
      'tr',
      { class: state, title },
      element('td', { class: 'sign', 'aria-label': words[state] }, sign),
      element('td', { class: 'id' }, id),
      element('td', {}, element('span', { class: 'promise' }, title)),
      element('td', { class: 'number' }, wholeText(checked)),
    );
  });
  const head = element(
    'tr',
    {},
    element('th', {}, ''),
    element('th', {}, ''),
    element('th', {}, 'promise'),
    element('th', { class: 'number' }, 'checked'),
  );
  const table = element('table', { class: 'invariants' }, element('thead', {}, head));
  table.append(element('tbody', {}, ...rows));
  const held = invariants.filter(({ failed, checked }) => failed === 0 && checked > 0).length;
  return section('Invariants', `${held} of ${invariants.length} hold`, table);
}

function recoverySection({ run: { recoveries } }: ReportData): HTMLElement {
  if (recoveries.length === 0) {
    return section('Recovery', '', element('p', { class: 'when' }, 'No child was lost.'));
  }
  const count = `${recoveries.length} ${recoveries.length === 1 ? 'child' : 'children'}`;
  return section('Recovery', count, recoveryHistogram(recoveries));
}

function factSection({ run: { facts, traceHash } }: ReportData): HTMLElement {
  const rows = [...facts, ['trace', traceHash] as const].flatMap(([name, value]) => [
    element('dt', {}, name),
    element('dd', name === 'trace' ? { class: 'hash' } : {}, value),
  ]);
  return section('Run', '', element('dl', {}, ...rows));
}

function section(title: string, note: string, ...children: HTMLElement[]): HTMLElement {
  const heading = element('h2', {}, title, element('span', { class: 'note' }, note));
  return element('section', {}, heading, ...children);
}
