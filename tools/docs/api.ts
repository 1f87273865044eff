/** docs/api-reference.md: all that the package exports (src/index.ts), in the words of its docstrings. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../copy-of-tree.ts';
import { code, table } from './markdown.ts';

const INDEX = 'src/index.ts';

/** In the order in which a reader meets them. */
const PARTS: readonly (readonly [title: string, names: readonly string[]])[] = [
  ['Functions', ['check', 'replay', 'explain', 'defineJob', 'defineProperty']],
  ['Options and results', ['CheckOptions', 'CheckResult', 'ReplayOptions', 'ReplayResult', 'ExplainResult', 'ExplainedStep', 'MoreAsked']],
  ['Errors', ['CheckFailure', 'Unfinished', 'JobError', 'TraceError']],
  ['A custom job', ['Job', 'Backup', 'Copier', 'Source', 'Target', 'Copies', 'InFlightList', 'Cells', 'Local', 'Queue']],
  ['A property', ['Property', 'Observation', 'View', 'Finding']],
  [
    'Small types',
    ['SyncMode', 'JobName', 'RuleName', 'BuiltInProperty', 'WakeOrder', 'BlockError', 'Errno', 'Extent', 'Run', 'Verb', 'Step'],
  ],
];

/** Types that are read better than derived. */
const MADE_OF_OTHERS: ReadonlySet<string> = new Set(['JobName', 'RuleName', 'WakeOrder', 'SyncMode', 'Errno', 'BuiltInProperty']);

type Declaration = ts.InterfaceDeclaration | ts.ClassDeclaration | ts.TypeAliasDeclaration | ts.FunctionDeclaration | ts.VariableStatement;

/** @throws if something is exported that no part has, or a part has a name that is not exported, or something has no docstring */
export function apiDocument(): string {
  const exported = exportsOf(INDEX);
  const told = PARTS.flatMap(([, names]) => names);
  const untold = [...exported.keys()].filter((name) => !told.includes(name));
  if (untold.length > 0) throw new Error(`tools/docs/api.ts: no part has ${untold.join(', ')}`);
  return `${[
    '<!-- Written by `npm run docs` from the docstrings of src/index.ts. -->',
    '# API',
    'What the package `cowcheck` exports. How to use it: [Check my own job](api.md).',
    'Disks and ranges count sectors from 0, and ends are exclusive. Clusters are those of the backup.',
    ...PARTS.flatMap(([title, names]) => [`## ${title}`, ...names.map((name) => sectionOf(name, exported.get(name)))]),
  ].join('\n\n')}\n`;
}

/** By name: what is exported, here or in the file that it is exported from. */
function exportsOf(path: string): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  for (const statement of parsed(path).statements) {
    if (ts.isExportDeclaration(statement) && statement.exportClause !== undefined && ts.isNamedExports(statement.exportClause)) {
      const from = join(dirname(path), (statement.moduleSpecifier as ts.StringLiteral).text);
      const there = declarationsIn(from);
      for (const { name } of statement.exportClause.elements) found.set(name.text, there.get(name.text)!);
    }
  }
  for (const [name, declaration] of declarationsIn(path)) found.set(name, declaration);
  return found;
}

function declarationsIn(path: string): Map<string, Declaration> {
  const found = new Map<string, Declaration>();
  for (const statement of parsed(path).statements) {
    if (!isExported(statement)) continue;
    if (ts.isVariableStatement(statement))
      for (const { name } of statement.declarationList.declarations) found.set((name as ts.Identifier).text, statement);
    else if (isDeclaration(statement)) found.set(statement.name!.text, statement);
  }
  return found;
}

function parsed(path: string): ts.SourceFile {
  const text = readFileSync(join(ROOT, path), 'utf8');
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true);
}

const isExported = (node: ts.Statement): boolean =>
  ts.canHaveModifiers(node) && ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) === true;

const isDeclaration = (node: ts.Node): node is Exclude<Declaration, ts.VariableStatement> =>
  ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isFunctionDeclaration(node);

function sectionOf(name: string, declaration: Declaration | undefined): string {
  if (declaration === undefined) throw new Error(`tools/docs/api.ts: ${INDEX} does not export ${name}`);
  const doc = docOf(declaration, '\n- ');
  if (doc === '') throw new Error(`${declaration.getSourceFile().fileName}: ${name} is public, and has no docstring`);
  const parts = [`### ${name}`, ...signatureOf(name, declaration), doc, ...membersOf(declaration)];
  return parts.join('\n\n');
}

function signatureOf(name: string, declaration: Declaration): string[] {
  if (ts.isFunctionDeclaration(declaration)) {
    const parameters = declaration.parameters.map((parameter) => parameter.getText()).join(', ');
    return [`\`\`\`ts\n${name}(${parameters}): ${declaration.type!.getText()}\n\`\`\``];
  }
  if (ts.isTypeAliasDeclaration(declaration) && !MADE_OF_OTHERS.has(name)) {
    const generic = declaration.typeParameters?.map((one) => one.getText()).join(', ');
    return [`\`\`\`ts\ntype ${name}${generic === undefined ? '' : `<${generic}>`} = ${oneLine(declaration.type.getText())}\n\`\`\``];
  }
  return [];
}

function membersOf(declaration: Declaration): string[] {
  if (!ts.isInterfaceDeclaration(declaration) && !ts.isClassDeclaration(declaration)) return [];
  const extended = declaration.heritageClauses?.flatMap(({ types }) => types.map((type) => type.getText())) ?? [];
  const rows = declaration.members.flatMap((member): string[][] => {
    if (ts.isConstructorDeclaration(member) || ts.isClassStaticBlockDeclaration(member)) return [];
    const doc = docOf(member);
    if (doc === '') throw new Error(`${declaration.getSourceFile().fileName}: ${member.name!.getText()} is public, and has no docstring`);
    return [[code(memberText(member)), doc]];
  });
  const also = extended.map((one) => (one === 'Error' ? 'an `Error`' : `a ${code(one)}`)).join(' and ');
  const more = also === '' ? [] : [`It is also ${also}.`];
  return rows.length === 0 ? more : [...more, table(['member', 'meaning'], rows)];
}

/** Without what only a compiler wants to know. */
const memberText = (member: ts.Node): string =>
  oneLine(member.getText()).replaceAll(/^(override |readonly )+|;$/g, '').replaceAll(/ = '.*'$/g, '');

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/** The docstring in Markdown: parameters, what comes out and errors at its end, each behind `between`. */
function docOf(node: ts.Node, between = ' '): string {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  if (doc === undefined) return '';
  const tags = (doc.tags ?? []).map((tag) => {
    const text = oneLine(ts.getTextOfJSDocComment(tag.comment) ?? '').trim();
    if (ts.isJSDocParameterTag(tag)) return `${code(tag.name.getText())}: ${text}.`;
    if (ts.isJSDocReturnTag(tag)) return `Returns ${text}.`;
    if (ts.isJSDocThrowsTag(tag)) return `Throws ${text}.`;
    throw new Error(`tools/docs/api.ts: does not know @${tag.tagName.text}`);
  });
  const text = oneLine(ts.getTextOfJSDocComment(doc.comment) ?? '').trim();
  if (tags.length === 0) return text;
  return `${text}${between === ' ' || text === '' ? '' : '\n'}${tags.map((tag) => `${between}${tag}`).join('')}`.trim();
}
