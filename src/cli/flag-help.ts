import type { FlagTable } from './flag-reading.js';

/** Flags that belong together, under one title. */
export interface FlagGroup<Name extends string> {
  readonly title: string;
  readonly names: readonly Name[];
}

/** The part of a help text that lists flags, a group each, in the order given. */
export function flagGroupsText<Table extends FlagTable>(
  table: Table,
  groups: readonly FlagGroup<keyof Table & string>[],
): string {
  return groups
    .map(({ title, names }) => {
      return `${title}:\n${names.flatMap((name) => flagLines(table, name)).join('\n')}`;
    })
    .join('\n\n');
}

function flagLines(table: FlagTable, name: string): string[] {
  const { value, help = [] } = table[name] ?? {};
  const flag = `--${name}${value === undefined ? '' : ` ${value}`}`;
  return help.map((line, at) => `  ${(at === 0 ? flag : '').padEnd(WIDTH)}${line}`);
}

const WIDTH = 25;
