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

type Name = ts.Identifier | ts.PrivateIdentifier;

/** Calls back for each place in each file where one of these names stands, in the order of the text. */
export function everyName(program: ts.Program, names: ReadonlySet<string>, look: (name: Name) => void): void {
  for (const file of program.getSourceFiles()) {
    const all = placesOf(file);
    const [fewer, more] = names.size < all.size ? [names, all] : [all, names];
    const found = [...fewer.keys()].filter((name) => more.has(name)).flatMap((name) => all.get(name)!);
    found.toSorted((a, b) => a.pos - b.pos).forEach(look);
  }
}

// Most files stay as they are from one program to the next.
const nodes = new WeakMap<ts.SourceFile, readonly ts.Node[]>();
const places = new WeakMap<ts.SourceFile, ReadonlyMap<string, readonly Name[]>>();

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

/** By name, where it stands. */
function placesOf(file: ts.SourceFile): ReadonlyMap<string, readonly Name[]> {
  let all = places.get(file);
  if (all === undefined) {
    const found = new Map<string, Name[]>();
    for (const node of nodesOf(file)) {
      if (!ts.isIdentifier(node) && !ts.isPrivateIdentifier(node)) continue;
      const known = found.get(node.text);
      if (known === undefined) found.set(node.text, [node]);
      else known.push(node);
    }
    places.set(file, (all = found));
  }
  return all;
}
