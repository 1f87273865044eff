/**
 * Edits of a source: mistakes that a person makes, in one to three lines. Each operator finds all places where its
 * mistake can be made. It works on TypeScript and on JavaScript, and promises neither that the outcome compiles nor that it
 * behaves otherwise.
 */
import ts from 'typescript';

/** One edit: the text from `from` up to `to` is replaced by `put`. */
export interface Edit {
  readonly operator: string;
  /** Of the first character that is replaced, from 1. */
  readonly line: number;
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

export type Operator = (node: ts.Node, source: ts.SourceFile) => readonly Replacement[];

export interface Replacement {
  readonly from: number;
  readonly to: number;
  readonly put: string;
}

/** All edits of a text by some operators, from its beginning to its end. */
export function editsOf(text: string, operators: Readonly<Record<string, Operator>>): Edit[] {
  const source = ts.createSourceFile('mutated.ts', text, ts.ScriptTarget.ES2023, true);
  const edits: Edit[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isTypeNode(node) || ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isImportDeclaration(node)) return;
    for (const [operator, find] of Object.entries(operators)) {
      for (const found of find(node, source))
        edits.push({ operator, line: source.getLineAndCharacterOfPosition(found.from).line + 1, ...found });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return edits.filter(({ from, to, put }) => text.slice(from, to) !== put);
}

export const edited = (text: string, { from, to, put }: Edit): string => text.slice(0, from) + put + text.slice(to);

/** An edit in a few lines: what it is called, and what was there and what is there now. */
export function showEdit(text: string, edit: Edit): string {
  const start = text.lastIndexOf('\n', edit.from - 1) + 1;
  const end = lineEnd(text, edit.to);
  const lines = (sign: string, block: string): string[] => block.split('\n').map((line) => `  ${sign} ${line}`);
  return [
    `line ${edit.line}, ${edit.operator}:`,
    ...lines('-', text.slice(start, end)),
    ...lines('+', text.slice(start, edit.from) + edit.put + text.slice(edit.to, end)),
  ].join('\n');
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

export const replace = (node: ts.Node, put: string, source: ts.SourceFile): Replacement => ({
  from: node.getStart(source),
  to: node.getEnd(),
  put,
});
const NONE: readonly Replacement[] = [];

const TURNED: Partial<Record<ts.SyntaxKind, string>> = {
  [ts.SyntaxKind.LessThanToken]: '<=',
  [ts.SyntaxKind.LessThanEqualsToken]: '<',
  [ts.SyntaxKind.GreaterThanToken]: '>=',
  [ts.SyntaxKind.GreaterThanEqualsToken]: '>',
  [ts.SyntaxKind.EqualsEqualsEqualsToken]: '!==',
  [ts.SyntaxKind.ExclamationEqualsEqualsToken]: '===',
};

/** What a statement does to the control of its function, or declares: lines that are never simply left out. */
const isDeclaration = (node: ts.Node): boolean =>
  ts.isVariableStatement(node) || ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node);

const isPlain = (node: ts.Statement): boolean => !isDeclaration(node) && !ts.isReturnStatement(node) && !ts.isThrowStatement(node);

const statementsAround = (node: ts.Node): readonly ts.Statement[] | null => (ts.isBlock(node) ? node.statements : null);

/** Whether one of two statements declares what the other names. */
function dependOnEachOther(one: ts.Statement, other: ts.Statement, source: ts.SourceFile): boolean {
  const namesIn = (statement: ts.Statement): string[] =>
    ts.isVariableStatement(statement) ? (statement.declarationList.getText(source).split('=')[0]!.match(/\w+/g) ?? []) : [];
  const mentions = (statement: ts.Statement, names: readonly string[]): boolean =>
    names.some((name) => new RegExp(`\\b${name}\\b`).test(statement.getText(source)));
  return mentions(other, namesIn(one)) || mentions(one, namesIn(other));
}

/** The statements at `i` comes `by` statements later. */
function moved(statements: readonly ts.Statement[], i: number, by: number, source: ts.SourceFile): readonly Replacement[] {
  const [first, last] = [statements[i]!, statements[i + by]];
  if (last === undefined || !isPlain(first)) return NONE;
  const passed = statements.slice(i + 1, i + by + 1);
  if (passed.some((other) => ts.isReturnStatement(other) || dependOnEachOther(first, other, source))) return NONE;
  const rest = source.text.slice(passed[0]!.getStart(source), last.getEnd());
  return [{ from: first.getStart(source), to: last.getEnd(), put: `${rest}\n${first.getText(source)}` }];
}

const movedBy =
  (by: number): Operator =>
  (node, source) =>
    statementsAround(node)?.flatMap((_, i, statements) => moved(statements, i, by, source)) ?? NONE;

/** What decides which way an `if`, a `while` or a `?:` goes. */
function conditionOf(node: ts.Node): ts.Expression | null {
  if (ts.isIfStatement(node) || ts.isWhileStatement(node)) return node.expression;
  return ts.isConditionalExpression(node) ? node.condition : null;
}

const isYield = (node: ts.Node): boolean => ts.isYieldExpression(node) && node.asteriskToken !== undefined;

export function hasYield(node: ts.Node): boolean {
  return (
    ts.isYieldExpression(node) || (!ts.isFunctionLike(node) && (ts.forEachChild(node, (child) => hasYield(child) || undefined) ?? false))
  );
}

/** The end of a range by its beginning: `endCluster` is `firstCluster + 1`. */
function cut(name: string): string | null {
  if (!/^end$|^end(?=[A-Z])|End$/.test(name)) return null;
  return name.replace(/^end/, 'first').replace(/End$/, 'First');
}

export const OPERATORS = {
  'a line deleted': (node, source) =>
    statementsAround(node)
      ?.filter(isPlain)
      .map((statement) => replace(statement, ts.isExpressionStatement(statement) ? '' : '{}', source)) ?? NONE,
  'a line moved': movedBy(1),
  'a line moved by two': movedBy(2),
  'a line moved by three': movedBy(3),
  'a comparison turned': (node, source) => {
    const turned = ts.isBinaryExpression(node) ? TURNED[node.operatorToken.kind] : undefined;
    return ts.isBinaryExpression(node) && turned !== undefined ? [replace(node.operatorToken, turned, source)] : NONE;
  },
  'a condition fixed': (node, source) => {
    const condition = conditionOf(node);
    if (condition === null) return NONE;
    return (ts.isWhileStatement(node) ? ['false'] : ['true', 'false']).map((put) => replace(condition, put, source));
  },
  'a condition negated': (node, source) => {
    const condition = conditionOf(node);
    return condition === null ? NONE : [replace(condition, `!(${condition.getText(source)})`, source)];
  },
  'an operand dropped': (node, source) => {
    if (!ts.isBinaryExpression(node) || !['&&', '||', '&', '|'].includes(node.operatorToken.getText(source))) return NONE;
    return [node.left, node.right].map((kept) => replace(node, kept.getText(source), source));
  },
  'off by one': (node, source) =>
    ts.isNumericLiteral(node) && /^[0-9]$/.test(node.text) && !ts.isElementAccessExpression(node.parent)
      ? [replace(node, String(Number(node.text) + 1), source)]
      : NONE,
  'a sum turned': (node, source) => {
    if (!ts.isBinaryExpression(node)) return NONE;
    const turned = { [ts.SyntaxKind.PlusToken]: '-', [ts.SyntaxKind.MinusToken]: '+' }[node.operatorToken.kind as number];
    return turned === undefined || ts.isStringLiteralLike(node.left) || ts.isStringLiteralLike(node.right)
      ? NONE
      : [replace(node.operatorToken, turned, source)];
  },
  'a wake forgotten': (node, source) =>
    ts.isExpressionStatement(node) && /\.wake\w*\(/.test(node.getText(source)) && !hasYield(node) ? [replace(node, ';', source)] : NONE,
  'a wake too many': (node, source) => {
    const statements = statementsAround(node) ?? [];
    const wakes = statements.filter(
      (statement) => ts.isExpressionStatement(statement) && /\.wake\w*\(/.test(statement.getText(source)) && !hasYield(statement),
    );
    return wakes.flatMap((wake) =>
      statements
        .filter((other) => other !== wake && !isDeclaration(other))
        .map((other) => ({ from: other.getStart(source), to: other.getStart(source), put: `${wake.getText(source)} ` })),
    );
  },
  'one woken instead of all': (node, source) =>
    ts.isIdentifier(node) && node.text === 'wakeAll' && ts.isPropertyAccessExpression(node.parent)
      ? [replace(node, 'wakeFirst', source)]
      : NONE,
  'an error swallowed': (node, source) => {
    if (isYield(node) && !ts.isExpressionStatement(node.parent)) return [replace(node, `((${node.getText(source)}), 0)`, source)];
    return ts.isReturnStatement(node) && node.expression !== undefined && /^error\b/.test(node.expression.getText(source))
      ? [replace(node.expression, '0', source)]
      : NONE;
  },
  'looked once instead of until': (node, source) =>
    ts.isWhileStatement(node) ? [{ from: node.getStart(source), to: node.getStart(source) + 'while'.length, put: 'if' }] : NONE,
  'a range cut to its first': (node, source) => {
    if (!ts.isPropertyAccessExpression(node) || (ts.isCallExpression(node.parent) && node.parent.expression === node)) return NONE;
    const first = cut(node.name.text);
    return first === null ? NONE : [replace(node, `${node.expression.getText(source)}.${first} + 1`, source)];
  },
  'a range by value': (node, source) => {
    if (
      !ts.isForStatement(node) ||
      node.initializer === undefined ||
      node.condition === undefined ||
      !ts.isVariableDeclarationList(node.initializer) ||
      !ts.isBinaryExpression(node.condition)
    )
      return NONE;
    const { left, operatorToken, right } = node.condition;
    return [
      {
        from: node.initializer.getStart(source),
        to: node.condition.getEnd(),
        put:
          `${node.initializer.getText(source)}, last = ${right.getText(source)}; ` +
          `${left.getText(source)} ${operatorToken.getText(source)} last`,
      },
    ];
  },
  'a value kept across a yield': (node, source) =>
    statementsAround(node)?.flatMap((statement, i, statements) => {
      const before = statements[i - 1];
      if (
        before === undefined ||
        !ts.isIfStatement(statement) ||
        !hasYield(before) ||
        hasYield(statement.expression) ||
        dependOnEachOther(before, statement, source)
      )
        return NONE;
      const kept = `const kept = ${statement.expression.getText(source)};\n`;
      return [
        {
          from: before.getStart(source),
          to: statement.expression.getEnd(),
          put: `${kept}${source.text.slice(before.getStart(source), statement.expression.getStart(source))}kept`,
        },
      ];
    }) ?? NONE,
  'a loop reversed': (node, source) => {
    if (
      !ts.isForStatement(node) ||
      node.initializer === undefined ||
      node.incrementor === undefined ||
      node.condition === undefined ||
      !ts.isVariableDeclarationList(node.initializer) ||
      !ts.isBinaryExpression(node.condition)
    )
      return NONE;
    const [variable] = node.initializer.declarations;
    if (variable?.initializer === undefined || node.condition.operatorToken.kind !== ts.SyntaxKind.LessThanToken) return NONE;
    const name = variable.name.getText(source);
    return [
      {
        from: node.initializer.getStart(source),
        to: node.incrementor.getEnd(),
        put: `let ${name} = ${node.condition.right.getText(source)} - 1; ${name} >= ${variable.initializer.getText(source)}; ${name}--`,
      },
    ];
  },
  'a line twice': (node, source) =>
    ts.isExpressionStatement(node) && ts.isBlock(node.parent) && !hasYield(node)
      ? [{ from: node.getStart(source), to: node.getEnd(), put: `${node.getText(source)} ${node.getText(source)}` }]
      : NONE,
} satisfies Record<string, Operator>;

/** A place more where others may run, in a job that declares a step `breathe` and waits in it nowhere. */
export const A_PAUSE: Readonly<Record<string, Operator>> = {
  'a pause added': (node, source) => {
    const around = ts.findAncestor(node, (parent) => ts.isFunctionLike(parent));
    if (!ts.isBlock(node) || around === undefined) return NONE;
    const parameters = around.parameters.map(({ name }) => name.getText(source));
    if (parameters[0] !== 'backup' || (!parameters.includes('c') && !isInLoopOverClusters(node))) return NONE;
    const me = parameters.includes('me') ? 'me' : 'backup.job';
    return node.statements.map((statement) => ({
      from: statement.getStart(source),
      to: statement.getStart(source),
      put: `yield* backup.step(${me}, 'breathe', c); `,
    }));
  },
};

const isInLoopOverClusters = (node: ts.Node): boolean =>
  ts.findAncestor(
    node,
    (parent) => ts.isForStatement(parent) && parent.initializer !== undefined && /^let c\b/.test(parent.initializer.getText()),
  ) !== undefined;
