// What the rules of the house read: files as text and as syntax trees.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

/** One file of the project. `path` is relative to its root, with `/` on every system. */
export interface Source {
  readonly path: string;
  readonly text: string;
  /** Parsed when first asked for; only files of TypeScript have a meaningful one. */
  readonly tree: ts.SourceFile;
}

/** A place that breaks a rule: what is wrong there, and what to do about it. */
export interface Violation {
  readonly path: string;
  readonly line: number;
  readonly wrong: string;
  readonly instead: string;
}

/** A rule of the house: gives every place that breaks it. */
export type Rule = (files: readonly Source[]) => Violation[];

export function source(path: string, text: string): Source {
  let tree: ts.SourceFile | undefined;
  return {
    path,
    text,
    get tree() {
      return (tree ??= ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true));
    },
  };
}

/** Every file that the rules look at: the source folders, the dot-folders, the top level. */
export function readProject(root: string): Source[] {
  return topLevel(root)
    .flatMap(({ name, isFolder }) => (isFolder ? filesIn(root, name) : [name]))
    .filter((path) => isText(path) && !NOT_OURS.test(path))
    .map((path) => source(path, readFileSync(join(root, path), 'utf8')));
}

/** The folders at the top level, without those that tools make and nobody tracks. */
export function topLevelFolders(root: string): string[] {
  return topLevel(root).flatMap(({ name, isFolder }) => (isFolder ? [name] : []));
}

export function show({ path, line, wrong, instead }: Violation): string {
  return `${path}:${line}: ${wrong}; ${instead}`;
}

export function isTest(path: string): boolean {
  return path.endsWith('.test.ts');
}

/** Walks a tree in the order of its text. */
export function* nodesOf(node: ts.Node): Generator<ts.Node> {
  yield node;
  const children: ts.Node[] = [];
  ts.forEachChild(node, (child) => void children.push(child));
  for (const child of children) yield* nodesOf(child);
}

export function lineOf(file: Source, node: ts.Node): number {
  return file.tree.getLineAndCharacterOfPosition(node.getStart(file.tree)).line + 1;
}

/** A name that is read, with all that is read from it: `Date.now`, `performance`, `it.each`. */
export interface Reading {
  readonly name: string;
  /** The whole expression that `name` spells. */
  readonly node: ts.Node;
}

/** Every name that the file reads as a value. `globalThis.x` counts as `x`. */
export function* readingsOf(file: Source): Generator<Reading> {
  for (const node of nodesOf(file.tree)) {
    if (!ts.isIdentifier(node) || !isRead(node)) continue;
    let name = node.text;
    let whole: ts.Node = node;
    while (ts.isPropertyAccessExpression(whole.parent) && whole.parent.expression === whole) {
      whole = whole.parent;
      name += `.${(whole as ts.PropertyAccessExpression).name.text}`;
    }
    yield { name: name.replace(/^globalThis\./, ''), node: whole };
  }
}

function isRead(id: ts.Identifier): boolean {
  const { parent } = id;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isTypeNode(parent) || ts.isQualifiedName(parent)) return false;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent)) return false;
  if (ts.isBindingElement(parent) && parent.propertyName === id) return false;
  return (parent as { name?: ts.Node }).name !== id;
}

function topLevel(root: string): { name: string; isFolder: boolean }[] {
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => !UNTRACKED.has(entry.name))
    .map((entry) => ({ name: entry.name, isFolder: entry.isDirectory() }));
}

function filesIn(root: string, folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesIn(root, path) : [path];
  });
}

function isText(path: string): boolean {
  return /\.(?:[cm]?[jt]s|json|md|ya?ml|html|css)$/.test(path) || path.startsWith('.ci/');
}

const UNTRACKED: ReadonlySet<string> = new Set([
  ...['.git', '.cache', 'node_modules', 'dist', 'coverage', 'reports', 'docs'],
]);
// The lock file is npm's, the corpus is data in a form of its own.
const NOT_OURS = /^package-lock\.json$|^properties\/otp\/corpus\//;
