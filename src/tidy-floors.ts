// The rules about who may import whom.
import { posix } from 'node:path';
import ts from 'typescript';
import { isTest, lineOf, nodesOf, type Rule, type Source, type Violation } from './tidy-source.js';

/** Floors of equal height never see each other. */
const HEIGHTS: ReadonlyMap<string, number> = new Map([
  ['base', 0],
  ['platform', 1],
  ['runtime', 2],
  ['transport', 2],
  ['otp', 3],
  ['cluster', 4],
  ['offload', 4],
  ['distributed', 5],
  ['tasks', 6],
  ['threads', 6],
  // The doors put the floors together; programs stand on the doors.
  ['door', 7],
  ['examples', 8],
  ['cli', 9],
]);

const DOORS: ReadonlySet<string> = new Set(['src/index.ts', 'src/distribution.ts', 'src/tasks.ts']);

/** Which folder may import from which others outside of `src`'s own floors. */
const REACH: ReadonlyMap<string, readonly string[]> = new Map([
  ['src', ['src']],
  ['sim', ['src', 'sim']],
  ['properties', ['src', 'sim', 'properties']],
  ['bench', ['src', 'sim', 'bench']],
]);

/** Where the outside comes in: files, and the modules that they may import. */
const EDGES: readonly (readonly [files: RegExp, modules: RegExp])[] = [
  [/^src\/platform\/(?:node-platform|random)\b/, /^(?:node:|pure-rand\/)/],
  [/^src\/transport\//, /^(?:node:|@nats-io\/)/],
  [/^src\/transport\/link-contract\.ts$/, /^vitest$/],
  [/^src\/runtime\/diagnostics/, /^node:/],
  [/^src\/cluster\/codec/, /^(?:node:|msgpackr)/],
  [/^src\/cluster\/(?:handshake|discovery)/, /^(?:node:|bonjour-service$)/],
  [/^src\/(?:threads|offload|cli)\//, /./],
  [/^src\/tasks\/(?:socket|http|discovery|page|log|store|project|runner|enhanced-worker)\b/, /./],
  [/^src\/examples\/(?:.*[/-])?store\b/, /./],
  [/^src\/examples\/terminal\b/, /^node:readline$/],
  [/^src\/(?:examples|platform|tasks)\/testing\//, /./],
  [/^src\/.*\.test\.ts$/, /^(?:node:.*|vitest|fast-check|@fast-check\/vitest|esbuild)$/],
  [/^src\/tidy\b/, /./],
];

/** Who loads a user's module, whose name is known only at run time. */
const LOADERS = /^(?:src\/(?:cli|threads)|sim)\//;

/** A file imports from its own floor or a lower one; `src` never from the folders around it. */
export const importsGoDownward: Rule = (files) =>
  everyImport(files, (file, { specifier, line, isDynamic }) => {
    if (!specifier.startsWith('.')) return [];
    const target = posix.join(posix.dirname(file.path), specifier).replace(/\.js$/, '.ts');
    const wrong = wrongStep(file.path, target, isDynamic);
    return wrong === undefined ? [] : [{ path: file.path, line, ...wrong }];
  });

/** `node:*` and packages come in at the edges alone. */
export const packagesStayAtTheEdges: Rule = (files) =>
  everyImport(files, (file, { specifier, line, isKnown }) => {
    // A computed name is judged by the rule about `import()`.
    if (!isKnown || !file.path.startsWith('src/') || specifier.startsWith('.')) return [];
    if (EDGES.some(([edge, modules]) => edge.test(file.path) && modules.test(specifier))) return [];
    const wrong = `imports ${specifier}, and this file is no edge for it`;
    const instead = 'ask for it through an interface of platform, or move the code to an edge';
    return [{ path: file.path, line, wrong, instead }];
  });

/** `import()` loads users' modules, and the command's way into the simulator; nothing else. */
export const nothingIsImportedLate: Rule = (files) =>
  everyImport(files, (file, { specifier, line, isDynamic, isKnown }) => {
    if (!isDynamic || isTest(file.path)) return [];
    if (!isKnown && LOADERS.test(file.path)) return [];
    if (isKnown && (file.path.startsWith('src/cli/') || isLatePackage(file, specifier))) return [];
    const wrong = `has an import() of ${isKnown ? specifier : 'a computed name'}`;
    return [{ path: file.path, line, wrong, instead: 'import it at the top of the file' }];
  });

// A package that few runs need is loaded by those: `esbuild` takes 10 MB.
function isLatePackage(file: Source, specifier: string): boolean {
  return !file.path.startsWith('src/') && !specifier.startsWith('.');
}

function wrongStep(
  from: string,
  to: string,
  isDynamic: boolean,
): Pick<Violation, 'wrong' | 'instead'> | undefined {
  const [fromFolder = '', toFolder = ''] = [from.split('/')[0], to.split('/')[0]];
  if (/^src\/tidy\b/.test(to) && /^src\/tidy\b/.test(from)) return undefined;
  if (from.startsWith('src/cli/') && toFolder === 'sim' && isDynamic) return undefined;
  const reach = REACH.get(fromFolder);
  if (reach === undefined) return undefined;
  if (!reach.includes(toFolder)) {
    const wrong = `${fromFolder} imports ${to}`;
    return { wrong, instead: `${fromFolder} may import from ${reach.join(', ')} only` };
  }
  return fromFolder === 'src' ? wrongFloor(from, to) : undefined;
}

function wrongFloor(from: string, to: string): Pick<Violation, 'wrong' | 'instead'> | undefined {
  const [own, other] = [floorOf(from), floorOf(to)];
  const [ownHeight, otherHeight] = [HEIGHTS.get(own), HEIGHTS.get(other)];
  const unknown = ownHeight === undefined ? own : otherHeight === undefined ? other : undefined;
  if (unknown !== undefined) {
    return { wrong: `${unknown} is no floor`, instead: 'add it to HEIGHTS in src/tidy-floors.ts' };
  }
  if (own === other || (otherHeight ?? 0) < (ownHeight ?? 0)) return undefined;
  const where = ownHeight === otherHeight ? 'beside' : 'above';
  return {
    wrong: `${own} imports from ${other}, which is ${where} it`,
    instead: 'move what both need down, or take it as a parameter',
  };
}

function floorOf(path: string): string {
  if (DOORS.has(path)) return 'door';
  return path.split('/').length > 2 ? (path.split('/')[1] ?? '') : path;
}

interface Import {
  readonly specifier: string;
  readonly line: number;
  readonly isDynamic: boolean;
  /** False when the name is computed; `specifier` is empty then. */
  readonly isKnown: boolean;
}

function everyImport(
  files: readonly Source[],
  judge: (file: Source, found: Import) => Violation[],
): Violation[] {
  return files
    .filter((file) => file.path.endsWith('.ts'))
    .flatMap((file) => [...importsOf(file)].flatMap((found) => judge(file, found)));
}

function* importsOf(file: Source): Generator<Import> {
  for (const node of nodesOf(file.tree)) {
    const named = moduleOf(node);
    const isDynamic = isImportCall(node);
    if (named === undefined && !isDynamic) continue;
    const isKnown = named !== undefined && ts.isStringLiteralLike(named);
    const line = lineOf(file, node);
    if (isKnown || isDynamic) {
      yield { specifier: isKnown ? named.text : '', line, isDynamic, isKnown };
    }
  }
}

function moduleOf(node: ts.Node): ts.Node | undefined {
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node.moduleSpecifier;
  if (ts.isImportTypeNode(node)) {
    return ts.isLiteralTypeNode(node.argument) ? node.argument.literal : undefined;
  }
  if (isImportCall(node) || isRequireCall(node)) return node.arguments[0];
  return undefined;
}

function isImportCall(node: ts.Node): node is ts.CallExpression {
  return ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword;
}

function isRequireCall(node: ts.Node): node is ts.CallExpression {
  return (
    ts.isCallExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === 'require'
  );
}
