/**
 * What follows from `true` and `false` alone: branches that are never taken go, and with them what
 * only chose between them. Expressions are dropped only where nothing happens in them.
 */
import ts from 'typescript';
import { type Edit, applyEdits, contentOf, removal, replace } from './edit.ts';

const { SyntaxKind } = ts;

/** Until nothing more follows. */
export function simplify(text: string): string {
  for (;;) {
    const file = ts.createSourceFile('page.ts', text, ts.ScriptTarget.Latest, true);
    const edits = innermost(file);
    if (edits.length === 0) return text;
    text = applyEdits(text, edits);
  }
}

/** What can be simplified and has nothing in it that can. */
function innermost(node: ts.Node): Edit[] {
  const inner: Edit[] = [];
  node.forEachChild((child) => void inner.push(...innermost(child)));
  return inner.length > 0 ? inner : simplified(node);
}

function simplified(node: ts.Node): Edit[] {
  if (ts.isPrefixUnaryExpression(node) && node.operator === SyntaxKind.ExclamationToken) return negation(node);
  if (ts.isBinaryExpression(node)) return logical(node);
  if (ts.isConditionalExpression(node)) return conditional(node);
  if (ts.isParenthesizedExpression(node)) return valueOf(node.expression) === null ? [] : [replace(node, node.expression.getText())];
  if (ts.isIfStatement(node)) return branch(node);
  if (ts.isWhileStatement(node) && valueOf(node.expression) === false) return [removal(node)];
  if (ts.isBlock(node)) return [...afterJump(node), ...sameAnswer(node), ...constantsOf(node), ...onOneLine(node)];
  return [];
}

/** The value of a literal; null if it is none. */
function valueOf({ kind }: ts.Node): boolean | null {
  return kind === SyntaxKind.TrueKeyword ? true : kind === SyntaxKind.FalseKeyword ? false : null;
}

function negation(node: ts.PrefixUnaryExpression): Edit[] {
  const value = valueOf(node.operand);
  return value === null ? [] : [replace(node, String(!value))];
}

function logical(node: ts.BinaryExpression): Edit[] {
  const { left, right, operatorToken } = node;
  if (operatorToken.kind !== SyntaxKind.AmpersandAmpersandToken && operatorToken.kind !== SyntaxKind.BarBarToken) return [];
  const neutral = operatorToken.kind === SyntaxKind.AmpersandAmpersandToken;
  if (valueOf(left) === neutral) return become(node, right);
  if (valueOf(left) === !neutral) return become(node, left);
  if (valueOf(right) === neutral) return become(node, left);
  return valueOf(right) === !neutral && isQuiet(left) ? become(node, right) : [];
}

function conditional(node: ts.ConditionalExpression): Edit[] {
  const { condition, whenTrue, whenFalse } = node;
  const value = valueOf(condition);
  if (value !== null) return become(node, value ? whenTrue : whenFalse);
  const [yes, no] = [valueOf(whenTrue), valueOf(whenFalse)];
  if (yes === null || no === null) return [];
  if (yes === no) return isQuiet(condition) ? become(node, whenTrue) : [];
  return yes ? become(node, condition) : [replace(node, negated(condition))];
}

function negated(condition: ts.Expression): string {
  if (!ts.isBinaryExpression(condition) || condition.operatorToken.kind !== SyntaxKind.EqualsEqualsEqualsToken)
    return `!(${condition.getText()})`;
  return `${condition.left.getText()} !== ${condition.right.getText()}`;
}

/** Puts a part of an expression where the whole was, without parentheses that the part does not need. */
function become(whole: ts.Expression, part: ts.Expression): Edit[] {
  const { parent } = whole;
  return [replace(ts.isParenthesizedExpression(parent) && standsAlone(part, parent.parent) ? parent : whole, part.getText())];
}

function standsAlone(part: ts.Expression, place: ts.Node): boolean {
  if (ts.isPrefixUnaryExpression(place))
    return !ts.isBinaryExpression(part) && !ts.isConditionalExpression(part) && !ts.isYieldExpression(part);
  if (ts.isBinaryExpression(place))
    return (
      !ts.isConditionalExpression(part) &&
      !ts.isYieldExpression(part) &&
      !(ts.isBinaryExpression(part) && part.operatorToken.kind === SyntaxKind.BarBarToken)
    );
  if (ts.isConditionalExpression(place)) return !ts.isConditionalExpression(part) && !ts.isYieldExpression(part);
  return ts.isIfStatement(place) || ts.isReturnStatement(place) || ts.isVariableDeclaration(place) || ts.isCallExpression(place);
}

/** Whether nothing happens in an expression, so that nobody misses it. A getter of the model only looks. */
export function isQuiet(node: ts.Node): boolean {
  if (ts.isYieldExpression(node) || ts.isCallExpression(node) || ts.isNewExpression(node) || ts.isPostfixUnaryExpression(node))
    return false;
  if (ts.isPrefixUnaryExpression(node) && (node.operator === SyntaxKind.PlusPlusToken || node.operator === SyntaxKind.MinusMinusToken))
    return false;
  if (ts.isBinaryExpression(node) && isAssignment(node)) return false;
  return ts.forEachChild(node, (child) => !isQuiet(child)) !== true;
}

export function isAssignment({ operatorToken }: ts.BinaryExpression): boolean {
  return operatorToken.kind >= SyntaxKind.FirstAssignment && operatorToken.kind <= SyntaxKind.LastAssignment;
}

function branch(node: ts.IfStatement): Edit[] {
  const value = valueOf(node.expression);
  if (value === null) return [];
  const kept = value ? node.thenStatement : node.elseStatement;
  if (kept !== undefined) return [replace(node, ts.isBlock(kept) && isListed(node) ? contentOf(kept) : kept.getText())];
  if (isListed(node)) return [removal(node)];
  const { parent } = node;
  return ts.isIfStatement(parent) && parent.elseStatement === node
    ? [{ start: parent.thenStatement.end, end: node.end, text: '' }]
    : [replace(node, '{}')];
}

const isListed = ({ parent }: ts.Node): boolean => ts.isBlock(parent) || ts.isSourceFile(parent) || ts.isCaseOrDefaultClause(parent);

/** What follows a jump is never reached. */
function afterJump({ statements }: ts.Block): Edit[] {
  const jump = statements.findIndex((s) => ts.isReturnStatement(s) || ts.isBreakOrContinueStatement(s) || ts.isThrowStatement(s));
  return jump < 0 ? [] : statements.slice(jump + 1).map(removal);
}

/** `if (...) return false;` before `return false;`. */
function sameAnswer({ statements }: ts.Block): Edit[] {
  const [asks, answers] = statements.slice(-2);
  if (
    asks === undefined ||
    answers === undefined ||
    !ts.isIfStatement(asks) ||
    asks.elseStatement !== undefined ||
    !ts.isReturnStatement(answers)
  )
    return [];
  const isLiteral = answers.expression !== undefined && valueOf(answers.expression) !== null;
  return isLiteral && asks.thenStatement.getText() === answers.getText() && isQuiet(asks.expression) ? [removal(asks)] : [];
}

/** `if (...) {` over one plain statement. */
function onOneLine(block: ts.Block): Edit[] {
  const { parent } = block;
  const [only] = block.statements;
  const isPlain =
    ts.isIfStatement(parent) && parent.elseStatement === undefined && block.statements.length === 1 && !ts.isIfStatement(only!);
  return isPlain && contentOf(block) === only!.getText() && !only!.getText().includes('\n') ? [replace(block, only!.getText())] : [];
}

/** A `const` that is now a literal, or another name of something that never changes: its place is taken by that. */
function constantsOf(block: ts.Block): Edit[] {
  for (const statement of block.statements) {
    if (!ts.isVariableStatement(statement) || (statement.declarationList.flags & ts.NodeFlags.Const) === 0) continue;
    const [{ name, initializer }] = statement.declarationList.declarations as unknown as readonly [ts.VariableDeclaration];
    if (!ts.isIdentifier(name) || initializer === undefined) continue;
    if (valueOf(initializer) === null && !(ts.isIdentifier(initializer) && !changesIn(block, initializer.text))) continue;
    return [removal(statement), ...usesIn(block, name).map((use) => replace(use, initializer.getText()))];
  }
  return [];
}

function usesIn(block: ts.Block, name: ts.Identifier): ts.Identifier[] {
  const uses: ts.Identifier[] = [];
  const look = (node: ts.Node): void => {
    const isName = ts.isPropertyAccessExpression(node.parent) && node.parent.name === node;
    if (ts.isIdentifier(node) && node !== name && node.text === name.text && !isName) uses.push(node);
    node.forEachChild(look);
  };
  look(block);
  return uses;
}

/** Whether somebody assigns to the name. */
function changesIn(node: ts.Node, name: string): boolean {
  if (ts.isBinaryExpression(node) && isAssignment(node) && node.left.getText() === name) return true;
  if ((ts.isPostfixUnaryExpression(node) || ts.isPrefixUnaryExpression(node)) && !isQuiet(node) && node.operand.getText() === name)
    return true;
  if (
    ts.isVariableDeclarationList(node) &&
    (node.flags & ts.NodeFlags.Const) === 0 &&
    node.declarations.some((d) => d.name.getText() === name)
  )
    return true;
  return ts.forEachChild(node, (child) => changesIn(child, name)) === true;
}
