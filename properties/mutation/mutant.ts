import ts from 'typescript';

/** One small change to a source file that some test has to notice. */
export interface Mutant {
  readonly file: string;
  readonly line: number;
  /** What was there, and what is there instead. */
  readonly from: string;
  readonly to: string;
  /** The whole changed file. */
  readonly source: string;
}

/**
 * All mutants of one file: comparisons flipped, conditions forced and negated, logical operators
 * swapped, numbers and booleans changed, statements and early returns dropped.
 */
export function mutantsOf(file: string, source: string): Mutant[] {
  const root = ts.createSourceFile(file, source, ts.ScriptTarget.ES2023, true);
  const mutants: Mutant[] = [];
  const change = (node: ts.Node, to: string): void => {
    const [start, end] = [node.getStart(root), node.getEnd()];
    const line = root.getLineAndCharacterOfPosition(start).line + 1;
    const changed = source.slice(0, start) + to + source.slice(end);
    mutants.push({ file, line, from: source.slice(start, end), to, source: changed });
  };
  const visit = (node: ts.Node): void => {
    // Types leave no trace in what runs, and a broken invariant is caught by whoever breaks it.
    if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || isInvariant(node)) return;
    changeOperator(node, change);
    changeCondition(node, change);
    changeLiteral(node, change);
    dropStatement(node, change);
    ts.forEachChild(node, visit);
  };
  visit(root);
  return mutants;
}

type Change = (node: ts.Node, to: string) => void;

function changeOperator(node: ts.Node, change: Change): void {
  if (!ts.isBinaryExpression(node)) return;
  const other = OPERATORS.get(node.operatorToken.kind);
  if (other !== undefined) change(node.operatorToken, other);
}

function changeCondition(node: ts.Node, change: Change): void {
  if (ts.isIfStatement(node)) {
    change(node.expression, 'true');
    change(node.expression, 'false');
  } else if (ts.isConditionalExpression(node)) {
    change(node.condition, 'true');
    change(node.condition, 'false');
  } else if (ts.isWhileStatement(node)) {
    change(node.expression, 'false');
  } else if (ts.isPrefixUnaryExpression(node) && node.operator === NOT) {
    change(node, node.operand.getText());
  }
}

function changeLiteral(node: ts.Node, change: Change): void {
  if (node.kind === ts.SyntaxKind.TrueKeyword) change(node, 'false');
  if (node.kind === ts.SyntaxKind.FalseKeyword) change(node, 'true');
  if (ts.isNumericLiteral(node)) change(node, String(Number(node.text) + 1));
}

function dropStatement(node: ts.Node, change: Change): void {
  if (isLastWord(node) || (ts.isExpressionStatement(node) && isInvariant(node.expression))) return;
  const isDropped =
    ts.isExpressionStatement(node) || (ts.isReturnStatement(node) && node.expression === undefined);
  if (isDropped) change(node, ';');
  else if (ts.isReturnStatement(node) && node.parent.kind === ts.SyntaxKind.CaseClause) {
    change(node, 'break;');
  }
}

/** A `return` behind which nothing comes anyway. */
function isLastWord(node: ts.Node): boolean {
  if (!ts.isReturnStatement(node) || node.expression !== undefined) return false;
  for (let at: ts.Node = node; ; at = at.parent) {
    const { parent } = at;
    if (ts.isBlock(parent) && parent.statements.at(-1) !== at) return false;
    if (ts.isBlock(parent) && ts.isFunctionLike(parent.parent)) return true;
    if (ts.isCaseClause(parent)) {
      const isLastClause = parent.parent.clauses.at(-1) === parent;
      if (!isLastClause || parent.statements.at(-1) !== at) return false;
      at = parent.parent;
    } else if (!ts.isBlock(parent) && !ts.isIfStatement(parent)) {
      return false;
    }
  }
}

function isInvariant(node: ts.Node): boolean {
  return (
    ts.isCallExpression(node) && ['invariant', 'unreachable'].includes(node.expression.getText())
  );
}

const NOT = ts.SyntaxKind.ExclamationToken;
const OPERATORS: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.EqualsEqualsEqualsToken, '!=='],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, '==='],
  [ts.SyntaxKind.LessThanToken, '<='],
  [ts.SyntaxKind.LessThanEqualsToken, '<'],
  [ts.SyntaxKind.GreaterThanToken, '>='],
  [ts.SyntaxKind.GreaterThanEqualsToken, '>'],
  [ts.SyntaxKind.AmpersandAmpersandToken, '||'],
  [ts.SyntaxKind.BarBarToken, '&&'],
  [ts.SyntaxKind.PlusToken, '-'],
  [ts.SyntaxKind.MinusToken, '+'],
  [ts.SyntaxKind.PlusEqualsToken, '-='],
  [ts.SyntaxKind.MinusEqualsToken, '+='],
]);
