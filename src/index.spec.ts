/** The public surface: what it exports, how it is typed, and that its document and its examples keep up with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import * as surface from './index.ts';

const ROOT = join(import.meta.dirname, '..');
const INDEX = join(ROOT, 'src/index.ts');
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  skipLibCheck: true,
  allowImportingTsExtensions: true,
  types: ['node'],
  typeRoots: [join(ROOT, 'node_modules/@types')],
};

/** Where what is public is declared. */
const PUBLIC = [
  'src/index',
  'src/api/check',
  'src/api/check-result',
  'src/api/check-options',
  'src/api/check-failure',
  'src/api/replay',
  'src/api/explain',
  'src/api/asked-job',
  'src/api/unfinished',
  'model/families/custom/job',
  'model/families/custom/memory',
  'model/families/custom/property',
  'model/families/custom/job-error',
];

/** Programs share what they parse. */
const host = ts.createCompilerHost(OPTIONS);
const parsed = new Map<string, ts.SourceFile | undefined>();
const parse = host.getSourceFile.bind(host);
host.getSourceFile = (path, ...how) => {
  if (!parsed.has(path)) parsed.set(path, parse(path, ...how));
  return parsed.get(path);
};

const OURS: ts.CompilerOptions = { ...OPTIONS, declaration: true, emitDeclarationOnly: true, removeComments: true };
const program = ts.createProgram([INDEX], OURS, host);

function declarations(): string {
  return PUBLIC.map((name) => {
    let declared = '';
    program.emit(program.getSourceFile(join(ROOT, `${name}.ts`)), (_, text) => (declared = text), undefined, true);
    return `// ${name}\n${withoutPaths(declared)}`;
  }).join('\n');
}

/** Where a file lies is of no account. */
const withoutPaths = (text: string): string => text.replaceAll(/^import .*\n/gm, '').replaceAll(/ from '.*'/g, '');

/** The names of all that is exported, and of the members of each interface and class. */
function publicNames(): { exported: string; members: string[] }[] {
  const checker = program.getTypeChecker();
  const exports = checker.getExportsOfModule(checker.getSymbolAtLocation(program.getSourceFile(INDEX)!)!);
  return exports.map((exported) => {
    const symbol = (exported.flags & ts.SymbolFlags.Alias) === 0 ? exported : checker.getAliasedSymbol(exported);
    const members = [...(symbol.members?.values() ?? [])].filter(
      ({ flags }) => (flags & (ts.SymbolFlags.Property | ts.SymbolFlags.Method | ts.SymbolFlags.GetAccessor)) !== 0,
    );
    return { exported: exported.name, members: members.map(({ name }) => name).filter((name) => !name.startsWith('__')) };
  });
}

describe('the public surface', () => {
  it('is what it was, value by value', () => {
    expect(Object.keys(surface).toSorted()).toEqual([
      'CheckFailure',
      'JobError',
      'TraceError',
      'Unfinished',
      'check',
      'defineJob',
      'defineProperty',
      'explain',
      'replay',
    ]);
  });

  it('is what it was, type by type: a change of it belongs into the changelog', async () => {
    await expect(declarations()).toMatchFileSnapshot('api/surface.d.ts.txt');
  });

  it('is in its document, down to each member', () => {
    const text = readFileSync(join(ROOT, 'docs/api-reference.md'), 'utf8');
    const names = publicNames();
    expect(names.length).toBeGreaterThan(20);
    const missing = names
      .flatMap(({ exported, members }) => [exported, ...members])
      .filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
    expect(missing).toEqual([]);
  });

  it('is what the package exports', () => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { exports: object };
    expect(manifest.exports).toEqual({
      '.': { types: './dist/src/index.d.ts', default: './dist/src/index.js' },
      './package.json': './package.json',
    });
  });
});

describe('the examples', () => {
  it('are as the types want them', () => {
    const files = ['chunked.mjs', 'forgetful.mjs', 'prompt.mjs'].map((name) => join(ROOT, 'examples/own-job', name));
    const options = { ...OPTIONS, noEmit: true, allowJs: true, checkJs: true, paths: { cowcheck: [INDEX] } };
    const examples = ts.createProgram(files, options, host);
    const wrong = files
      .flatMap((path) => ts.getPreEmitDiagnostics(examples, examples.getSourceFile(path)))
      .map(({ messageText, file, start }) => `${file?.fileName}:${start}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`);
    expect(wrong).toEqual([]);
  });
});
