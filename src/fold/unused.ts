/** What was used before the rules were folded in, and no longer is, goes: with its imports, its arguments, its values. */
import ts from 'typescript';
import { isOfRules } from './asked.ts';
import { type Edit, applyEdits, removal, replace } from './edit.ts';
import { type Sources, everyName, programOf } from './program.ts';
import { isQuiet } from './simplify.ts';
import { type Declared, declaredIn, namesIn } from './uses.ts';

/** @param originals the same sources before anything was folded */
export function withoutUnused(sources: Sources, originals: Sources, paths: ReadonlySet<string>): Sources {
  for (;;) {
    const meant = namesMeant(programOf(sources), namesIn(sources, paths), namesIn(originals, paths));
    const declared = declaredIn(programOf(sources), paths, meant);
    const unused = [...declared.values()].filter(({ uses }) => uses.length === 0);
    const gone = new Set(onceUsed(unused, originals, paths).flatMap((d) => goesWith(d, declared)));
    if (gone.size === 0) return sources;
    const goneIn = (path: string): ts.Node[] => [...gone].filter((node) => node.getSourceFile().fileName === path);
    sources = new Map(
      [...sources].map(([path, text]) => [
        path,
        applyEdits(
          text,
          goneIn(path).map((node) => editOf(node, gone)),
        ),
      ]),
    );
  }
}

/** Those that were used before; rules, if only by an interface that asked for them. */
function onceUsed(unused: readonly Declared[], originals: Sources, paths: ReadonlySet<string>): Declared[] {
  const names = new Set(unused.map(({ node }) => node.name!.getText()));
  const before = [...declaredIn(programOf(originals), paths, names).values()];
  const used = new Set(before.filter(({ uses }) => uses.length > 0).map(({ key }) => key));
  return unused.filter(({ key, node }) => used.has(key) || isOfRules(node));
}

/** Names that stand there less often than before, and the functions with such a parameter. */
function namesMeant(program: ts.Program, now: ReadonlyMap<string, number>, before: ReadonlyMap<string, number>): ReadonlySet<string> {
  const meant = new Set([...before].filter(([name, count]) => (now.get(name) ?? 0) < count).map(([name]) => name));
  const functions = new Set<string>();
  everyName(program, meant, (name) => {
    const { parent } = name;
    if (!ts.isParameter(parent) || parent.name !== name) return;
    const called = calledBy(parent.parent).name;
    if (called !== undefined) functions.add(called.getText());
  });
  return new Set([...meant, ...functions]);
}

/** All that has to be taken out together with a declaration; nothing if it has to stay. */
function goesWith(unused: Declared, declared: ReadonlyMap<ts.Node, Declared>): ts.Node[] {
  const { node, writes } = unused;
  if (ts.isVariableDeclaration(node)) return node.initializer === undefined || isLookup(node.initializer) ? [node.parent.parent] : [];
  if (ts.isParameter(node))
    return argumentsFor(
      node,
      usesOf(calledBy(node.parent), declared).filter((use) => !isType(use)),
    );
  if (implementsSomething(node)) return []; // it is used by way of the interface
  // others may need it for its shape
  if (isMember(node) && !node.getSourceFile().fileName.startsWith('model/families/notifier/') && !isOfRules(node)) return [];
  return writes.every((write) => isLookup(valueWritten(write))) ? [node, ...writes] : [];
}

/** Whether it is a member of a class that says of itself that it implements an interface. */
const implementsSomething = ({ parent }: ts.Node): boolean =>
  ts.isClassDeclaration(parent) && (parent.heritageClauses ?? []).some(({ token }) => token === ts.SyntaxKind.ImplementsKeyword);

const isMember = (node: ts.Node): boolean => ts.isPropertySignature(node) || ts.isPropertyDeclaration(node);

/** Taking it out changes nothing: it only looks, or it makes the rules themselves. */
function isLookup(node: ts.Node): boolean {
  return isQuiet(node) || (ts.isCallExpression(node) && node.expression.getText().startsWith('rules') && node.arguments.every(isQuiet));
}

function valueWritten(write: ts.Node): ts.Node {
  if (ts.isExpressionStatement(write) && ts.isBinaryExpression(write.expression)) return write.expression.right;
  return ts.isPropertyAssignment(write) ? write.initializer : write;
}

/** The uses of a function, those by way of an import instead of the import itself. */
export function usesOf(node: ts.Node, declared: ReadonlyMap<ts.Node, Declared>): ts.Node[] {
  return (declared.get(node)?.uses ?? []).flatMap((use) => (ts.isImportSpecifier(use.parent) ? usesOf(use.parent, declared) : [use]));
}

/** The parameter, and what is passed for it wherever the function is called; nothing if it is not only called. */
function argumentsFor(parameter: ts.ParameterDeclaration, uses: readonly ts.Node[]): ts.Node[] {
  const at = parameter.parent.parameters.indexOf(parameter);
  const calls = uses.map(ts.isConstructorDeclaration(parameter.parent) ? constructionBy : callOf);
  const passed = calls.flatMap((call) => call?.arguments?.[at] ?? []);
  const isOptional = parameter.initializer !== undefined;
  return calls.length > 0 && calls.every(Boolean) && (isOptional || passed.length === calls.length) && passed.every(isQuiet)
    ? [parameter, ...passed]
    : [];
}

/** The declaration whose name stands where a function is called: of a constructor, its class. */
const calledBy = (called: ts.SignatureDeclaration): ts.NamedDeclaration => (ts.isConstructorDeclaration(called) ? called.parent : called);

/** Whether it only says of what type something is. */
const isType = ({ parent }: ts.Node): boolean => ts.isTypeReferenceNode(parent) || ts.isTypeQueryNode(parent);

/** The call whose callee the use is. */
export function callOf(use: ts.Node): ts.CallExpression | undefined {
  const callee = ts.isPropertyAccessExpression(use.parent) && use.parent.name === use ? use.parent : use;
  return ts.isCallExpression(callee.parent) && callee.parent.expression === callee ? callee.parent : undefined;
}

/** Where a class is made by `new`, or by the constructor of a class that extends it. */
function constructionBy(use: ts.Node): ts.NewExpression | ts.CallExpression | undefined {
  const { parent } = use;
  if (ts.isExpressionWithTypeArguments(parent)) return superCallIn(parent.parent.parent);
  return ts.isNewExpression(parent) && parent.expression === use ? parent : undefined;
}

/** The call of the constructor above, as the first statement of a constructor. */
function superCallIn(node: ts.Node): ts.CallExpression | undefined {
  const statement = ts.isClassDeclaration(node) ? node.members.find(ts.isConstructorDeclaration)?.body?.statements[0] : undefined;
  const call = statement !== undefined && ts.isExpressionStatement(statement) ? statement.expression : undefined;
  return call !== undefined && ts.isCallExpression(call) ? call : undefined;
}

function editOf(node: ts.Node, gone: ReadonlySet<ts.Node>): Edit {
  const { parent } = node;
  if (ts.isImportSpecifier(node)) return importWithout(node.parent, gone);
  if (ts.isBindingElement(node)) return patternWithout(node.parent as ts.ObjectBindingPattern, gone);
  if (ts.isObjectLiteralExpression(parent)) return listWithout(parent.properties, gone);
  if (ts.isParameter(node)) return listWithout(node.parent.parameters, gone);
  if (ts.isCallExpression(parent) || ts.isNewExpression(parent)) return listWithout(parent.arguments!, gone);
  return removal(node);
}

function listWithout(list: ts.NodeArray<ts.Node>, gone: ReadonlySet<ts.Node>): Edit {
  return { start: list[0]!.getStart(), end: list.at(-1)!.end, text: textWithout(list, gone) };
}

function textWithout(list: ts.NodeArray<ts.Node>, gone: ReadonlySet<ts.Node>): string {
  const [first, second] = list;
  const between = first === undefined || second === undefined ? ', ' : first.getSourceFile().text.slice(first.end, second.getStart());
  return list
    .filter((node) => !gone.has(node))
    .map((node) => node.getText())
    .join(between);
}

function patternWithout(pattern: ts.ObjectBindingPattern, gone: ReadonlySet<ts.Node>): Edit {
  const rest = textWithout(pattern.elements, gone);
  const { parent } = pattern;
  return rest === '' && ts.isVariableDeclaration(parent)
    ? removal(parent.parent.parent)
    : replace(pattern, rest === '' ? '_' : `{ ${rest} }`);
}

/** Where only types are left, it becomes an import of types. */
function importWithout(names: ts.NamedImports, gone: ReadonlySet<ts.Node>): Edit {
  const statement = names.parent.parent;
  const rest = names.elements.filter((name) => !gone.has(name));
  if (rest.length === 0) return removal(statement);
  const areTypes = names.parent.isTypeOnly || rest.every((name) => name.isTypeOnly);
  const text = rest.map((name) => (areTypes ? name.name.text : name.getText())).join(', ');
  return replace(statement, `import ${areTypes ? 'type ' : ''}{ ${text} } from ${statement.moduleSpecifier.getText()};`);
}
