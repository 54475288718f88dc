import { stripVTControlCharacters } from 'node:util';

export type Cell = string | { readonly right: string };

/** Rows of cells as lines, each column as wide as its widest cell. Colours take no room. */
export function columns(rows: readonly (readonly Cell[])[], indent = '  '): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [at, cell] of row.entries()) {
      widths[at] = Math.max(widths[at] ?? 0, width(textOf(cell)));
    }
  }
  return rows.map((row) => {
    const cells = row.map((cell, at) => {
      const text = textOf(cell);
      const room = ' '.repeat((widths[at] as number) - width(text));
      return typeof cell === 'string' ? text + room : room + text;
    });
    return `${indent}${cells.join('  ')}`.trimEnd();
  });
}

/** The first clauses of a sentence that fit into `room` columns, or as much as does. */
export function clipped(sentence: string, room: number): string {
  if (sentence.length <= room) return sentence;
  const clause = sentence.lastIndexOf(',', room);
  if (clause > 0) return sentence.slice(0, clause);
  return `${sentence.slice(0, sentence.lastIndexOf(' ', room - 3))}...`;
}

/** `text` in lines of at most `room` columns, broken between words. */
export function wrapped(text: string, room: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/)) {
    if (line !== '' && width(line) + 1 + width(word) > room) {
      lines.push(line);
      line = word;
    } else {
      line = line === '' ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function textOf(cell: Cell): string {
  return typeof cell === 'string' ? cell : cell.right;
}

function width(text: string): number {
  return stripVTControlCharacters(text).length;
}
