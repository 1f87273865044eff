/** TypeScript's view of sources that lie in memory: what each name in them stands for. */
import ts from 'typescript';

/** By path from the top of the repository. */
export type Sources = ReadonlyMap<string, string>;

/** Without the library: what the model's own names stand for is all that is asked. */
const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023,
  module: ts.ModuleKind.NodeNext,
  strict: true,
  noLib: true,
  types: [],
  allowImportingTsExtensions: true,
  noEmit: true,
};

const programs = new WeakMap<Sources, ts.Program>();
const parsed = new Map<string, ts.SourceFile>();

/** The same for the same sources. */
export function programOf(sources: Sources): ts.Program {
  let program = programs.get(sources);
  if (program === undefined) programs.set(sources, (program = create(sources)));
  return program;
}

function create(sources: Sources): ts.Program {
  const host: ts.CompilerHost = {
    fileExists: (path) => sources.has(path),
    readFile: (path) => sources.get(path),
    getSourceFile: (path) => (sources.has(path) ? parse(path, sources.get(path)!) : undefined),
    getDefaultLibFileName: () => 'lib.d.ts',
    getCurrentDirectory: () => '',
    getCanonicalFileName: (path) => path,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    writeFile: () => undefined,
  };
  return ts.createProgram([...sources.keys()], OPTIONS, host);
}

function parse(path: string, text: string): ts.SourceFile {
  let file = parsed.get(path);
  if (file?.text !== text)
    parsed.set(
      path,
      (file = ts.createSourceFile(path, text, { languageVersion: ts.ScriptTarget.ES2023, impliedNodeFormat: ts.ModuleKind.ESNext }, true)),
    );
  return file;
}

/** Calls back for each node of each file. */
export function everyNode(program: ts.Program, look: (node: ts.Node) => void): void {
  const visit = (node: ts.Node): void => {
    look(node);
    node.forEachChild(visit);
  };
  for (const file of program.getSourceFiles()) visit(file);
}
