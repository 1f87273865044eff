/**
 * Finds code that asks for a sync mode by its name. It should ask what the mode is, which its row in model/sync.ts says: then
 * a new mode is a new row.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { Questions } from './questions.ts';
import { FLOORS } from './read.ts';

/** Where modes are what they are, and where the code of each is. */
const ROWS = 'model/sync.ts';
const MAY_ASK = new RegExp(`^(${ROWS}$|model/families/)`);
/** Specs speak of modes by name, and so does what is for specs only. */
const SOURCE = /(?<!\.spec|(^|\/)testing)\.tsx?$/;

const OPTIONS: ts.CompilerOptions = {
  strict: true,
  target: ts.ScriptTarget.ES2023,
  lib: ['lib.es2023.d.ts'],
  types: [],
  module: ts.ModuleKind.NodeNext,
  jsx: ts.JsxEmit.Preserve,
  allowImportingTsExtensions: true,
  noEmit: true,
};

/**
 * @param folder with the floors, as far as it has them
 * @returns one line for each question: where it is, and after which modes it asks
 */
export function questionsByName(folder: string): string[] {
  const program = ts.createProgram(filesOf(folder), OPTIONS, withoutPackages(ts.createCompilerHost(OPTIONS)));
  const checker = program.getTypeChecker();
  const modes = modesIn(program.getSourceFile(join(folder, ROWS)), checker);
  if (modes.length === 0) return [`${ROWS} has no type SyncMode of names, so no question after one can be told`];
  return program
    .getSourceFiles()
    .map((file) => ({ file, path: relative(folder, file.fileName).split(sep).join('/') }))
    .filter(({ path }) => FLOORS.some((floor) => path.startsWith(`${floor}/`)) && !MAY_ASK.test(path))
    .flatMap(({ file, path }) =>
      new Questions(checker, modes)
        .in(file)
        .map(({ line, names }) => `${path}:${line}: asks for sync mode ${names.join(', ')} by name: ask what its row in ${ROWS} says`),
    );
}

/** Types of ours tell what is a mode; to read those of packages takes as long as all that is ours. */
const withoutPackages = (host: ts.CompilerHost): ts.CompilerHost => ({
  ...host,
  resolveModuleNameLiterals: (names, from) =>
    names.map(({ text }) => (text.startsWith('.') ? ts.resolveModuleName(text, from, OPTIONS, host) : { resolvedModule: undefined })),
});

function filesOf(folder: string): string[] {
  return FLOORS.filter((name) => existsSync(join(folder, name))).flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .filter((path) => SOURCE.test(path.split(sep).join('/')))
      .map((path) => join(folder, name, path)),
  );
}

/** The names that `SyncMode` stands for. */
function modesIn(rows: ts.SourceFile | undefined, checker: ts.TypeChecker): string[] {
  const alias = rows?.statements.find((statement) => ts.isTypeAliasDeclaration(statement) && statement.name.text === 'SyncMode');
  const type = alias === undefined ? undefined : checker.getTypeAtLocation(alias);
  return type?.isUnion() === true ? type.types.flatMap((name) => (name.isStringLiteral() ? [name.value] : [])) : [];
}
