/** Who uses what is declared: imports, variables, parameters, functions, members of classes and interfaces. */
import ts from 'typescript';
import { type Sources, everyName } from './program.ts';
import { isAssignment } from './simplify.ts';

/** A declaration with a name, and where it is used. */
export interface Declared {
  readonly node: ts.NamedDeclaration;
  /** The same before and after folding. */
  readonly key: string;
  readonly uses: ts.Node[];
  /** Where it is only given a value: properties in object literals, and `this.x = y`. */
  readonly writes: ts.Node[];
}

/**
 * @param paths the files whose declarations are asked for; they may be used anywhere
 * @param meant the names that are asked for: to ask for all takes its time
 */
export function declaredIn(program: ts.Program, paths: ReadonlySet<string>, meant: ReadonlySet<string>): ReadonlyMap<ts.Node, Declared> {
  const checker = program.getTypeChecker();
  const all = new Map<ts.Node, Declared>();
  const names = new Set<string>();
  everyName(program, meant, (name) => {
    const node = name.parent;
    if (!isNamed(node) || node.name !== name || !paths.has(node.getSourceFile().fileName)) return;
    all.set(node, { node, key: keyOf(node), uses: [], writes: [] });
    names.add(name.text);
  });
  const used = (symbol: ts.Symbol | undefined, at: ts.Node, how: 'uses' | 'writes' = 'uses'): void => {
    for (const declaration of symbol?.declarations ?? []) all.get(declaration)?.[how].push(at);
  };
  everyName(program, meant, (node) => {
    const { parent } = node;
    // What another name is used for, TypeScript takes its time to tell; only an import can call a thing by another name.
    if (!names.has(node.text) && !ts.isImportSpecifier(parent)) return;
    if (ts.isImportSpecifier(parent) && parent.name === node) used(aliased(checker, node), node);
    else if (ts.isBindingElement(parent) && (parent.propertyName ?? parent.name) === node)
      used(checker.getTypeAtLocation(parent.parent).getProperty(node.text), parent);
    else if (ts.isShorthandPropertyAssignment(parent)) {
      used(checker.getShorthandAssignmentValueSymbol(parent), parent);
      used(expected(checker, parent), parent, 'writes');
    } else if (ts.isPropertyAssignment(parent) && parent.name === node) used(expected(checker, parent), parent, 'writes');
    else if (all.get(parent)?.node.name !== node)
      used(checker.getSymbolAtLocation(node), isWritten(parent) ? parent.parent.parent : node, isWritten(parent) ? 'writes' : 'uses');
  });
  return all;
}

function isNamed(node: ts.Node): node is ts.NamedDeclaration & { name: ts.Identifier | ts.PrivateIdentifier } {
  const isDeclaration =
    ts.isImportSpecifier(node) ||
    ts.isVariableDeclaration(node) ||
    ts.isBindingElement(node) ||
    ts.isParameter(node) ||
    ts.isFunctionDeclaration(node) ||
    ts.isMethodDeclaration(node) ||
    ts.isGetAccessorDeclaration(node) ||
    ts.isPropertyDeclaration(node) ||
    ts.isPropertySignature(node) ||
    ts.isClassDeclaration(node) ||
    ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
  return isDeclaration && node.name !== undefined && (ts.isIdentifier(node.name) || ts.isPrivateIdentifier(node.name));
}

/** The file and the names of all that it stands in. */
function keyOf(node: ts.Node): string {
  const names: string[] = [];
  for (let at = node; !ts.isSourceFile(at); at = at.parent) {
    const { name } = at as ts.NamedDeclaration;
    if (name !== undefined) names.unshift(ts.isIdentifier(name) || ts.isPrivateIdentifier(name) ? name.text : ts.SyntaxKind[at.kind]);
  }
  return [node.getSourceFile().fileName, ...names].join(' ');
}

function aliased(checker: ts.TypeChecker, name: ts.Identifier | ts.PrivateIdentifier): ts.Symbol | undefined {
  const symbol = checker.getSymbolAtLocation(name);
  return symbol === undefined || (symbol.flags & ts.SymbolFlags.Alias) === 0 ? undefined : checker.getAliasedSymbol(symbol);
}

/** The property of the type that an object literal is expected to have there. */
function expected(checker: ts.TypeChecker, property: ts.ObjectLiteralElementLike): ts.Symbol | undefined {
  const name = property.name?.getText();
  return name === undefined ? undefined : checker.getContextualType(property.parent as ts.ObjectLiteralExpression)?.getProperty(name);
}

/** `this.x = y;` as a statement. */
function isWritten(node: ts.Node): boolean {
  const { parent } = node;
  return (
    ts.isPropertyAccessExpression(node) &&
    ts.isBinaryExpression(parent) &&
    parent.left === node &&
    isAssignment(parent) &&
    ts.isExpressionStatement(parent.parent)
  );
}

/** How often each name stands in these files. */
export function namesIn(sources: Sources, paths: ReadonlySet<string>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const path of paths) for (const [name] of sources.get(path)!.matchAll(/#?[\w$]+/g)) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}
