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
/** The next program takes over what has not changed since. */
let last: ts.Program | undefined;

/** The same sources again if no text changes: then their program is known. */
export function changed(sources: Sources, change: (text: string, path: string) => string): Sources {
  const next = new Map([...sources].map(([path, text]) => [path, change(text, path)]));
  return [...sources].every(([path, text]) => next.get(path) === text) ? sources : next;
}

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
  return (last = ts.createProgram([...sources.keys()], OPTIONS, host, last));
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
  for (const file of program.getSourceFiles()) nodesOf(file).forEach(look);
}

const nodes = new WeakMap<ts.SourceFile, readonly ts.Node[]>();

/** Most files stay as they are from one program to the next. */
function nodesOf(file: ts.SourceFile): readonly ts.Node[] {
  let all = nodes.get(file);
  if (all === undefined) {
    const found: ts.Node[] = [];
    const visit = (node: ts.Node): void => {
      found.push(node);
      node.forEachChild(visit);
    };
    visit(file);
    nodes.set(file, (all = found));
  }
  return all;
}
