import type { Figure, Goal, Unit } from './figure.js';
import { reaches } from './figure.js';

/** Figures as lines of one table, with a line for each suite above its own. */
export function tableOf(suites: readonly { title: string; figures: readonly Figure[] }[]): string {
  const rows = suites.flatMap(({ title, figures }) => [title, ...figures.map(cellsOf)]);
  const cells = [HEADINGS, ...rows.filter((row) => typeof row !== 'string')];
  const widths = HEADINGS.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const lines = rows.map((row) => (typeof row === 'string' ? `\n${row}` : lineOf(row, widths)));
  return [lineOf(HEADINGS, widths), ...lines].join('\n');
}

type Cells = readonly string[];

function cellsOf(figure: Figure): Cells {
  const { path, value, unit, bare, ratio, goals, note } = figure;
  const reached = reaches(figure);
  return [
    `  ${path}`,
    amount(value, unit),
    bare === undefined ? '' : amount(bare.value, unit),
    ratio === undefined ? '' : ratio.toFixed(2),
    goals?.map((goal) => goalText(goal, unit)).join(', ') ?? '',
    reached === undefined ? '' : reached ? 'yes' : 'NO',
    [bare === undefined ? '' : `against ${bare.path}`, note ?? ''].filter(Boolean).join('; '),
  ];
}

function lineOf(cells: Cells, widths: readonly number[]): string {
  const padded = cells.map((cell, column) =>
    column >= 1 && column <= 3 ? cell.padStart(widths[column]!) : cell.padEnd(widths[column]!),
  );
  return padded.join('  ').trimEnd();
}

function goalText({ of, atLeast, below }: Goal, unit: Unit): string {
  const show = (value: number): string => (of === 'ratio' ? `x${value}` : amount(value, unit));
  return [
    atLeast === undefined ? '' : `>= ${show(atLeast)}`,
    below === undefined ? '' : `< ${show(below)}`,
  ].join('');
}

function amount(value: number, unit: Unit): string {
  switch (unit) {
    case '/s':
      if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M/s`;
      return value >= 1e3 ? `${(value / 1e3).toFixed(1)} k/s` : `${value.toFixed(0)} /s`;
    case 'ms':
      return `${value.toFixed(value < 100 ? 1 : 0)} ms`;
    case 'B':
      return `${value.toFixed(0)} B`;
    case 'MiB':
      return `${value.toFixed(value < 100 ? 1 : 0)} MiB`;
    case 'times':
      return `${value.toFixed(2)} times`;
  }
}

const HEADINGS: Cells = ['  path', 'ours', 'bare', 'ratio', 'goal', 'reached', ''];
