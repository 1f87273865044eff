/**
 * What in a file asks after one of several names: comparisons, cases, lists, records, keys, and types of some of them. A name
 * that is only handed on is no question: `{ mode: 'top' }`, `scenarios('full', scope)`. Types tell what a name is compared with,
 * and what a constant stands for.
 */
import ts from 'typescript';

export interface Question {
  /** From 1. */
  readonly line: number;
  readonly names: readonly string[];
}

export class Questions {
  readonly #checker: ts.TypeChecker;
  readonly #all: readonly string[];

  /** @param all the names; a text is one of them in capitals, too */
  constructor(checker: ts.TypeChecker, all: readonly string[]) {
    this.#checker = checker;
    this.#all = all;
  }

  in(file: ts.SourceFile): Question[] {
    const found: Question[] = [];
    const visit = (node: ts.Node): void => {
      const names = this.#askedIn(node);
      if (names.length > 0) found.push({ line: file.getLineAndCharacterOfPosition(node.getStart(file)).line + 1, names });
      ts.forEachChild(node, visit);
    };
    visit(file);
    return found;
  }

  /** None: the node is no question. */
  #askedIn(node: ts.Node): readonly string[] {
    if (ts.isBinaryExpression(node)) return COMPARES.has(node.operatorToken.kind) ? this.#compared(node.left, node.right) : [];
    if (ts.isCaseClause(node)) return this.#compared(node.parent.parent.expression, node.expression);
    if (ts.isArrayLiteralExpression(node)) return this.#listed(node);
    if (ts.isObjectLiteralExpression(node)) return this.#keys(node.properties, node);
    if (ts.isTypeLiteralNode(node) || ts.isInterfaceDeclaration(node)) return this.#keys(node.members);
    if (ts.isPropertyAccessExpression(node)) return this.#key(node.expression, node.name.text);
    if (ts.isElementAccessExpression(node)) return this.#key(node.expression, textOf(node.argumentExpression));
    if (ts.isBindingElement(node)) return this.#key(node.parent, (node.propertyName ?? node.name).getText());
    if (ts.isCallExpression(node)) return this.#rowByName(node);
    return ts.isTypeNode(node) ? this.#inType(node) : [];
  }

  /** `mode === 'top'`, `TOP === mode`. */
  #compared(one: ts.Expression, other: ts.Expression): readonly string[] {
    return this.#isAsked(one, other) ?? this.#isAsked(other, one) ?? [];
  }

  #isAsked(name: ts.Expression, of: ts.Expression): readonly string[] | null {
    const names = MAY_BE_NAME.test(name.getText()) ? this.#constants(name) : null;
    return names !== null && this.#mayBeAny(of) ? names : null;
  }

  /** `['full', 'top']`, and rows such as `[['full', 0], ['top', 1]]`. */
  #listed({ elements }: ts.ArrayLiteralExpression): readonly string[] {
    const names = elements.map((element) => textOf(ts.isArrayLiteralExpression(element) ? element.elements[0] : element));
    const isTable = elements.some((element) => ts.isArrayLiteralExpression(element));
    return isTable && names.length < 2 ? [] : this.#ifAllAre(names);
  }

  /** `{ full: 0, top: 1 }`, or a single key where the type of the object says that each has one. */
  #keys(parts: ts.NodeArray<ts.ObjectLiteralElementLike | ts.TypeElement>, object?: ts.ObjectLiteralExpression): readonly string[] {
    const names = this.#ifAllAre(parts.flatMap(({ name }) => (name === undefined ? [] : [this.#textOfKey(name)])));
    if (names.length !== 1) return names;
    const expected = object === undefined ? undefined : this.#checker.getContextualType(object);
    return expected !== undefined && this.#hasEach(expected) ? names : [];
  }

  #textOfKey(name: ts.PropertyName): string | null {
    if (ts.isComputedPropertyName(name)) return this.#constants(name.expression)?.[0] ?? null;
    return ts.isIdentifier(name) ? name.text : textOf(name);
  }

  /** `counts.top`, of something that has as much of each. */
  #key(of: ts.Node, name: string | null): readonly string[] {
    const names = this.#namesAmong([name]);
    return names.length > 0 && this.#hasEach(this.#checker.getTypeAtLocation(of)) ? names : [];
  }

  /** `syncOf('top')`: who takes a row by its name asks by the name. */
  #rowByName({ expression, arguments: [name] }: ts.CallExpression): readonly string[] {
    return name !== undefined && /\bsyncOf$/.test(expression.getText()) ? (this.#constants(name) ?? []) : [];
  }

  /** `'full' | 'top'`, `Record<SyncMode, ...>`, `{ [mode in SyncMode]: ... }`, `Extract<SyncMode, 'top'>`, `mode is 'top'`. */
  #inType(node: ts.TypeNode): readonly string[] {
    if (ts.isUnionTypeNode(node)) {
      const names = this.#namesAmong(node.types.map(textOfType));
      return names.length > 1 ? names : [];
    }
    if (ts.isMappedTypeNode(node)) return this.#ifAny(node.typeParameter.constraint);
    if (ts.isTypePredicateNode(node)) return node.type === undefined ? [] : this.#namesAmong([textOfType(node.type)]);
    if (!ts.isTypeReferenceNode(node)) return [];
    const [first, second] = node.typeArguments ?? [];
    if (node.typeName.getText() === 'Record') return this.#ifAny(first);
    return second !== undefined && this.#ifAny(first).length > 0 ? this.#namesAmong([textOfType(second)]) : [];
  }

  /** All names, if a type stands for any of them. */
  #ifAny(type: ts.TypeNode | undefined): readonly string[] {
    return type !== undefined && this.#areAny(textsOf(this.#checker.getTypeAtLocation(type))) ? this.#all : [];
  }

  /** The names that an expression is one of, if these are not all; null: it is something else. */
  #constants(expression: ts.Expression): readonly string[] | null {
    const texts = textsOf(this.#checker.getTypeAtLocation(expression));
    return texts !== null && texts.length < this.#all.length && texts.every((text) => this.#isName(text)) ? texts : null;
  }

  /** Whether it may be any of the names: by its type, and where that says nothing by what it is called. */
  #mayBeAny(expression: ts.Expression): boolean {
    const type = this.#checker.getTypeAtLocation(expression);
    if (this.#areAny(textsOf(this.#checker.getBaseConstraintOfType(type) ?? type))) return true;
    return (type.flags & ANY_TEXT) !== 0 && CALLED_SO.test(bare(expression).getText());
  }

  /** All of them, maybe with others such as `all`; or what is left of them once some are ruled out. */
  #areAny(texts: readonly string[] | null): boolean {
    return texts !== null && (this.#all.every((name) => texts.includes(name)) || texts.every((text) => this.#isName(text)));
  }

  #hasEach(type: ts.Type): boolean {
    const part = this.#checker.getNonNullableType(type);
    return this.#all.every((name) => this.#checker.getPropertyOfType(part, name) !== undefined);
  }

  /** The names among texts, unless one of these is neither a name nor `all`. */
  #ifAllAre(texts: readonly (string | null)[]): readonly string[] {
    return texts.every((text) => text === 'all' || this.#isName(text)) ? this.#namesAmong(texts) : [];
  }

  #namesAmong(texts: readonly (string | null)[]): readonly string[] {
    return texts.filter((text): text is string => this.#isName(text));
  }

  #isName(text: string | null): boolean {
    return text !== null && this.#all.includes(text.toLowerCase());
  }
}

const COMPARES = new Set([
  ts.SyntaxKind.EqualsEqualsToken,
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

/** A text, or a constant, which may be a list. To ask for the types of all that is compared takes as long as all else here. */
const MAY_BE_NAME = /^(['"`]|[A-Z][A-Z\d_]*\b)/;

const ANY_TEXT = ts.TypeFlags.Any | ts.TypeFlags.Unknown | ts.TypeFlags.String;
const CALLED_SO = /\w*(mode|sync)\W*(\.to(Lower|Upper)Case\(\))?$/i;

/** The texts that a type consists of, null and undefined aside; null: there is more to it. */
function textsOf(type: ts.Type): string[] | null {
  const parts = (type.isUnion() ? type.types : [type]).filter(({ flags }) => (flags & (ts.TypeFlags.Null | ts.TypeFlags.Undefined)) === 0);
  return parts.length > 0 && parts.every((part) => part.isStringLiteral()) ? parts.map((part) => part.value) : null;
}

const textOf = (node: ts.Node | undefined): string | null => (node !== undefined && ts.isStringLiteralLike(node) ? node.text : null);

const textOfType = (type: ts.TypeNode): string | null => (ts.isLiteralTypeNode(type) ? textOf(type.literal) : null);

/** Without what only changes its type. */
function bare(expression: ts.Expression): ts.Expression {
  return ts.isParenthesizedExpression(expression) || ts.isAsExpression(expression) || ts.isNonNullExpression(expression)
    ? bare(expression.expression)
    : expression;
}
