// The rules about what a file may hold.
import ts from 'typescript';
import {
  isTest,
  lineOf,
  nodesOf,
  readingsOf,
  type Reading,
  type Rule,
  type Source,
  type Violation,
} from './tidy-source.js';

/** Only the platform touches the clock, the timers, the queue and the chance of the outside. */
export const onlyThePlatformTouchesTheWorld: Rule = (files) =>
  files
    .filter((file) => isCode(file) && file.path.startsWith('src/'))
    .filter((file) => !/^src\/(?:platform\/|tidy\b)/.test(file.path))
    .flatMap((file) => [
      ...readingViolations(file, touchesTheWorld, 'take it from the Platform'),
      ...importedNames(file)
        .filter(({ name }) => RANDOM_BYTES.test(name) || CLOCK_MODULES.test(name))
        .map(({ name, node }) => violation(file, node, `imports ${name}`, 'ask the Platform')),
    ]);

/** A draw in the simulator comes from its seed; only the command may ask for a new seed. */
export const theSimulatorDrawsFromItsSeed: Rule = (files) =>
  files
    .filter((file) => isCode(file) && file.path.startsWith('sim/'))
    .filter((file) => !/^sim\/(?:main|cli|virtual\/|testing\/)/.test(file.path))
    .flatMap((file) =>
      readingViolations(file, ({ name }) => CHANCE.test(name), 'draw with a key from the seed'),
    );

/** State hangs on the runtime; a module holds constants alone. */
export const modulesHoldNoState: Rule = (files) =>
  files
    .filter((file) => isCode(file) && file.path.startsWith('src/') && !isTest(file.path))
    .filter((file) => file.path !== 'src/runtime/current.ts')
    .flatMap((file) =>
      [...declarationsAtLoad(file.tree)].filter(isState).map((node) => {
        const name = node.name.getText(file.tree);
        const wrong = `${name} is state that the module holds`;
        return violation(file, node, wrong, 'hang it on the runtime, or make it readonly');
      }),
    );

export const filesAreShort: Rule = (files) =>
  files.filter(isCode).flatMap((file) => {
    const lines = file.text.trimEnd().split('\n').length;
    if (lines <= LINES_MAX) return [];
    const wrong = `has ${lines} lines, over ${LINES_MAX}`;
    return [{ path: file.path, line: 1, wrong, instead: 'find the second noun and split it off' }];
  });

export const linesAreNarrow: Rule = (files) =>
  eachLine(files.filter(isCode), (text) => {
    const width = Array.from(text).length;
    if (width <= COLUMNS_MAX || /https?:\/\//.test(text)) return undefined;
    return { wrong: `has ${width} columns, over ${COLUMNS_MAX}`, instead: 'break the line' };
  });

export const filesAreNamedAfterANoun: Rule = (files) =>
  files.filter(isCode).flatMap((file) => {
    const vague = file.path.split(/[/.-]/).find((word) => VAGUE.test(word));
    if (vague === undefined) return [];
    const instead = 'name the file after the one noun it is about';
    return [{ path: file.path, line: 1, wrong: `${vague} says nothing`, instead }];
  });

/** An order that depends on the machine's language differs between two nodes. */
export const nothingDependsOnTheLocale: Rule = (files) =>
  files.filter(isCode).flatMap((file) =>
    [...nodesOf(file.tree)]
      .filter((node) => ts.isIdentifier(node) && LOCALE.test(node.text))
      .map((node) => {
        const wrong = `${(node as ts.Identifier).text} depends on the machine's language`;
        return violation(file, node, wrong, 'use compareCodeUnits');
      }),
  );

/** What runs on one desk runs everywhere: no test is singled out and none is left out. */
export const everyTestRuns: Rule = (files) =>
  files
    .filter((file) => isCode(file))
    .flatMap((file) => readingViolations(file, leavesTestsOut, 'let every test run'));

export const noPathOfOneMachine: Rule = (files) =>
  eachLine(files, (text) => {
    const path = MACHINE_PATH.exec(text)?.[0];
    if (path === undefined) return undefined;
    return { wrong: `${path} exists on one machine only`, instead: 'use a path that is relative' };
  });

/** The top level holds these folders, dot-folders, and no other one. */
export function strayFolders(folders: readonly string[]): Violation[] {
  return folders
    .filter((name) => !name.startsWith('.') && !FOLDERS.has(name))
    .map((path) => {
      const instead = `use one of ${[...FOLDERS].join(', ')} or a dot-folder`;
      return { path, line: 1, wrong: 'is no folder of the top level', instead };
    });
}

function touchesTheWorld({ name, node }: Reading): boolean {
  if (CHANCE.test(name) || CLOCKS.test(name)) return true;
  if (name !== 'Date') return false;
  // A date made from a number is a value; one made from nothing is the clock.
  if (ts.isNewExpression(node.parent)) return (node.parent.arguments ?? []).length === 0;
  return ts.isCallExpression(node.parent) && node.parent.expression === node;
}

function leavesTestsOut({ name }: Reading): boolean {
  const [root = '', ...rest] = name.split('.');
  return TEST_WORDS.has(root) && rest.some((word) => word === 'only' || word === 'skip');
}

function readingViolations(
  file: Source,
  isWrong: (reading: Reading) => boolean,
  instead: string,
): Violation[] {
  return [...readingsOf(file)]
    .filter(isWrong)
    .map(({ name, node }) => violation(file, node, `touches ${name}`, instead));
}

/** The names that a file imports from modules, and the modules themselves. */
function importedNames(file: Source): { name: string; node: ts.Node }[] {
  return [...nodesOf(file.tree)].flatMap((node): { name: string; node: ts.Node }[] => {
    if (ts.isImportSpecifier(node)) {
      return [{ name: (node.propertyName ?? node.name).text, node }];
    }
    if (!ts.isImportDeclaration(node) || !ts.isStringLiteral(node.moduleSpecifier)) return [];
    return [{ name: node.moduleSpecifier.text, node }];
  });
}

/** What is evaluated when the module loads and stays: variables and static fields. */
function* declarationsAtLoad(
  tree: ts.SourceFile,
): Generator<ts.VariableDeclaration | ts.PropertyDeclaration> {
  for (const statement of tree.statements) {
    if (
      ts.isVariableStatement(statement) &&
      !hasModifier(statement, ts.SyntaxKind.DeclareKeyword)
    ) {
      yield* statement.declarationList.declarations;
    }
    if (!ts.isClassDeclaration(statement)) continue;
    for (const member of statement.members) {
      if (ts.isPropertyDeclaration(member) && hasModifier(member, ts.SyntaxKind.StaticKeyword)) {
        yield member;
      }
    }
  }
}

function isState(node: ts.VariableDeclaration | ts.PropertyDeclaration): boolean {
  const isConstant = ts.isVariableDeclaration(node)
    ? (ts.getCombinedNodeFlags(node) & ts.NodeFlags.Const) !== 0
    : hasModifier(node, ts.SyntaxKind.ReadonlyKeyword);
  if (!isConstant) return true;
  if (/^(?:readonly|Readonly)/.test(node.type?.getText() ?? '')) return false;
  return node.initializer !== undefined && isToBeFilled(node.name.getText(), node.initializer);
}

// A container that starts empty is there to be filled; a full one is a table. `NO_OPTIONS = {}`
// says by its name that it stays as it is.
function isToBeFilled(name: string, value: ts.Expression): boolean {
  const isNamedConstant = /^[A-Z][A-Z0-9_]*$/.test(name);
  if (ts.isArrayLiteralExpression(value)) return value.elements.length === 0 && !isNamedConstant;
  if (ts.isObjectLiteralExpression(value)) {
    return value.properties.length === 0 && !isNamedConstant;
  }
  if (!ts.isNewExpression(value) || (value.arguments ?? []).length > 0) return false;
  return /^(?:Weak)?(?:Map|Set)$|^(?:Array|Deque|Heap|Relation)$/.test(value.expression.getText());
}

function hasModifier(node: ts.HasModifiers, kind: ts.SyntaxKind): boolean {
  return ts.getModifiers(node)?.some((modifier) => modifier.kind === kind) === true;
}

function eachLine(
  files: readonly Source[],
  judge: (text: string) => Pick<Violation, 'wrong' | 'instead'> | undefined,
): Violation[] {
  return files.flatMap((file) =>
    file.text.split('\n').flatMap((text, index) => {
      const found = judge(text);
      return found === undefined ? [] : [{ path: file.path, line: index + 1, ...found }];
    }),
  );
}

function violation(file: Source, node: ts.Node, wrong: string, instead: string): Violation {
  return { path: file.path, line: lineOf(file, node), wrong, instead };
}

function isCode(file: Source): boolean {
  return /\.[cm]?[jt]s$/.test(file.path);
}

const LINES_MAX = 400;
const COLUMNS_MAX = 100;
const FOLDERS: ReadonlySet<string> = new Set(['src', 'sim', 'bench', 'properties']);
const VAGUE = /^(?:utils?|helpers?|types|common|misc)$/;
const LOCALE = /^(?:localeCompare|toLocale\w+|Collator)$/;
const TEST_WORDS: ReadonlySet<string> = new Set(['it', 'test', 'describe', 'suite', 'bench']);
const RANDOM_BYTES = /^(?:randomBytes|randomInt|randomUUID|randomFill|randomFillSync|webcrypto)$/;
const CLOCK_MODULES = /^node:(?:timers|perf_hooks)/;
const CHANCE = /^(?:Math\.random|crypto\.(?:random\w+|getRandomValues|webcrypto))\b/;
const CLOCKS = new RegExp(
  [
    String.raw`^(?:Date\.now|performance|process\.(?:hrtime|nextTick|uptime))\b`,
    String.raw`^(?:(?:set|clear)(?:Timeout|Interval|Immediate)|queueMicrotask)\b`,
  ].join('|'),
);
const MACHINE_PATH = /(?<![\w./-])\/(?:work|root|tmp|home\/\w+|Users\/\w+)(?=\/|['"`\s]|$)/;
