import { describe, expect, it } from 'vitest';
import {
  columns,
  type Command,
  completions,
  countOf,
  helpLines,
  parseLine,
} from './command-line.js';

const commands: readonly Command[] = [
  { name: '/submit', argument: '<task>', summary: 'Submit a task', run: () => '' },
  { name: '/results', argument: '[n]', summary: 'Show results', run: () => '' },
  {
    name: '/strategy',
    argument: '<type>',
    summary: 'Place workers',
    candidates: () => ['round_robin', 'random'],
    run: () => '',
  },
  { name: '/stats', summary: 'Show statistics', run: () => '' },
];

describe('a line', () => {
  it('is a command and its argument, however they are spaced', () => {
    const parsed = parseLine('  /submit  make   tea ', commands);
    expect(parsed).toMatchObject({ kind: 'run', command: { name: '/submit' } });
    expect(parsed).toMatchObject({ argument: 'make tea' });
    expect(parseLine('/results', commands)).toMatchObject({ kind: 'run', argument: '' });
    expect(parseLine('   ', commands)).toEqual({ kind: 'nothing' });
  });

  it.each([
    ['/submt x', 'Unknown command /submt (did you mean /submit?)'],
    ['stats', 'Unknown command stats (did you mean /stats?)'],
    ['/dance', 'Unknown command /dance (see /help)'],
    ['/submit', 'Expected /submit <task>, got no <task>'],
    ['/stats now', 'Expected /stats alone, got "now"'],
  ])('such as %s is answered with what to type instead', (line, message) => {
    expect(parseLine(line, commands)).toEqual({ kind: 'wrong', message });
  });

  it('is completed by the names of commands, and by what a command takes at present', async () => {
    expect(await completions('/st', commands)).toEqual(['/strategy', '/stats']);
    expect(await completions('/strategy r', commands)).toHaveLength(2);
    expect(await completions('/strategy ro', commands)).toEqual(['/strategy round_robin']);
    expect(await completions('/submit x', commands)).toEqual([]);
  });
});

it('a count is a whole number within its limits, or the fallback when there is none', () => {
  expect(countOf('7', { max: 9 })).toBe(7);
  expect(countOf('', { fallback: 10, max: 100 })).toBe(10);
  for (const wrong of ['0', '10', '1.5', 'x', '-1', '1e0', '0x1']) {
    const expected = `Expected a whole number from 1 to 9, got ${wrong}`;
    expect(() => countOf(wrong, { max: 9 })).toThrow(expected);
  }
});

it('help and tables stand in columns', () => {
  expect(helpLines(commands).slice(0, 2)).toEqual([
    '  /submit <task>    Submit a task',
    '  /results [n]      Show results',
  ]);
  expect(
    columns([
      ['a', 10],
      ['long', 2],
    ]),
  ).toEqual(['  a     10', '  long  2']);
});
