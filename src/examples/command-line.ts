import { suggestion } from '../base/suggestion.js';

/** Something that the user of a program may type. */
export interface Command {
  /** With its slash, as `/submit`. */
  readonly name: string;
  /** How its argument is called: `<id>` has to be there, `[n]` may be. */
  readonly argument?: string;
  readonly summary: string;
  /** What the argument may be at present, for completion. */
  readonly candidates?: () => readonly string[] | Promise<readonly string[]>;
  /** Does it, and gives what to show. An error's message is shown as well. */
  readonly run: (argument: string) => Reply | Promise<Reply>;
}

/** Lines to show, or the end of the conversation. */
export type Reply = string | readonly string[] | typeof LEAVE;

export const LEAVE = Symbol('leave');

/** What was typed is wrong in a way that its user can mend; the message says how. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

export type Parsed =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'wrong'; readonly message: string }
  | { readonly kind: 'run'; readonly command: Command; readonly argument: string };

/** What a line asks for. */
export function parseLine(line: string, commands: readonly Command[]): Parsed {
  const [name = '', ...words] = line.trim().split(/\s+/);
  if (name === '') return { kind: 'nothing' };
  const command = commands.find((one) => one.name === name);
  if (command === undefined) return { kind: 'wrong', message: unknown(name, commands) };
  const argument = words.join(' ');
  if (argument === '' && command.argument?.startsWith('<') === true) {
    return { kind: 'wrong', message: `Expected ${usage(command)}, got no ${command.argument}` };
  }
  if (argument !== '' && command.argument === undefined) {
    return { kind: 'wrong', message: `Expected ${name} alone, got ${JSON.stringify(argument)}` };
  }
  return { kind: 'run', command, argument };
}

/** The table of `/help`. */
export function helpLines(commands: readonly Command[]): string[] {
  const width = Math.max(...commands.map((command) => usage(command).length));
  return commands.map((command) => `  ${usage(command).padEnd(width)}  ${command.summary}`);
}

/** What a line may go on with: whole lines, as an editor's completion takes them. */
export async function completions(line: string, commands: readonly Command[]): Promise<string[]> {
  const at = line.indexOf(' ');
  if (at < 0) return commands.map(({ name }) => name).filter((name) => name.startsWith(line));
  const [name, start] = [line.slice(0, at), line.slice(at + 1)];
  const command = commands.find((one) => one.name === name);
  const candidates = (await command?.candidates?.()) ?? [];
  return candidates.filter((one) => one.startsWith(start)).map((one) => `${name} ${one}`);
}

/** A whole number from an argument; `fallback` when there is none. */
export function countOf(
  argument: string,
  { fallback, max }: { readonly fallback?: number; readonly max: number },
): number {
  if (argument === '' && fallback !== undefined) return fallback;
  const count = Number(argument);
  if (/^\d+$/.test(argument) && count >= 1 && count <= max) return count;
  throw new CommandError(`Expected a whole number from 1 to ${max}, got ${argument}`);
}

/** A table whose columns are as wide as their widest cell. */
export function columns(rows: readonly (readonly (string | number)[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => `${row[column] ?? ''}`.length)),
  );
  return rows.map((row) =>
    `  ${row.map((cell, column) => `${cell}`.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd(),
  );
}

function usage({ name, argument }: Command): string {
  return argument === undefined ? name : `${name} ${argument}`;
}

function unknown(name: string, commands: readonly Command[]): string {
  const names = commands.map((command) => command.name);
  const meant = suggestion(name, names) ?? names.find((one) => one === `/${name}`);
  const hint = meant === undefined ? 'see /help' : `did you mean ${meant}?`;
  return `Unknown command ${name.slice(0, 60)} (${hint})`;
}
