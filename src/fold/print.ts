/**
 * The job with a set of rules folded in, on one page: all of its family that runs, and what it asks of target and
 * allocation.
 */
import ts from 'typescript';
import { type JobRules, rulesOff } from '../../model/families/notifier/eras.ts';
import { RULE_NAMES, type RuleName } from '../../model/families/notifier/rules.ts';
import { everyAsked } from './asked.ts';
import { fold } from './fold.ts';
import { type Sources, programOf } from './program.ts';

/** The family whose job is printed. */
export const FOLDER = 'model/families/notifier/';

/** In the order in which they are read. */
export const PAGES = [
  ...['copy-before-write', 'full', 'top', 'none', 'ruled-job', 'job'].map((name) => `${FOLDER}${name}.ts`),
  'model/block/allocation.ts',
  'model/job/target.ts',
];

/** What is about rules, of which nothing is left once they are folded in. */
export const TABLES = ['rules', 'eras'].map((name) => `${FOLDER}${name}.ts`);

/** Where the machine meets the family: how many cells a job needs, and how it is made. It runs nothing. */
export const SEAM = `${FOLDER}family.ts`;

export interface Print {
  readonly off: readonly RuleName[];
  /** TypeScript that can stand in the place of its pages. */
  readonly text: string;
  /** All of the model, folded: the files that are no pages are as they stand beside the print. */
  readonly folded: Sources;
}

const prints = new WeakMap<Sources, Map<string, Print>>();

/** The same for the same sources. @param sources the files of model/, without specs */
export function printOf(job: JobRules, sources: Sources): Print {
  const known = prints.get(sources) ?? new Map<string, Print>();
  prints.set(sources, known);
  const key = JSON.stringify(job);
  const print = known.get(key) ?? printed(job, sources);
  known.set(key, print);
  return print;
}

function printed(job: JobRules, sources: Sources): Print {
  const off = rulesOff(job);
  const folded = fold(sources, off);
  const files = PAGES.map((path) => ts.createSourceFile(path, folded.get(path)!, ts.ScriptTarget.Latest, true));
  const text = `${[heading(job, off, sources), importsOf(files), ...files.map(bodyOf)].join('\n\n')}\n`;
  return { off, text, folded };
}

/** By rule, the files that ask it. */
export function askers(sources: Sources): ReadonlyMap<string, ReadonlySet<string>> {
  const found = new Map<string, Set<string>>();
  everyAsked(programOf(sources), ({ rule, node }) => found.set(rule, (found.get(rule) ?? new Set()).add(node.getSourceFile().fileName)));
  return found;
}

function heading(job: JobRules, off: readonly RuleName[], sources: Sources): string {
  const asked = askers(sources);
  const elsewhere = RULE_NAMES.filter((name) => !PAGES.some((path) => asked.get(name)?.has(path)));
  const changes = [...(job.with ?? []).map((name) => `--with ${name}`), ...job.without.map((name) => `--without ${name}`)];
  const said = (name: RuleName): string => `${name} (${off.includes(name) ? 'off' : 'on'})`;
  return [
    ...wrapped(
      `The backup job \`${[job.job, ...changes].join(' ')}\`: all of ${FOLDER}, and what it asks of target and allocation, ` +
        `with its rules folded in, as \`cowcheck rules --show\` prints it. ` +
        (off.length === 0 ? 'All rules are on.' : `Off: ${off.join(', ')}.`),
    ),
    ...wrapped(
      `The path of a guest's request, in model/block/guest.ts, asks for ` +
        `itself ${elsewhere.map(said).join(', ')}. What a job keeps, and how it sleeps, is in model/job/.`,
    ),
  ].join('\n');
}

const WIDTH = 100;

function wrapped(text: string): string[] {
  const lines = ['//'];
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)!} ${word}`.length > WIDTH) lines.push('//');
    lines[lines.length - 1] += ` ${word}`;
  }
  return lines;
}

/** The imports of all pages, each once, without those from each other, as the first of them would write them. */
function importsOf(files: readonly ts.SourceFile[]): string {
  const byModule = new Map<string, Map<string, 'type' | 'value'>>();
  for (const { from, name, isType } of files.flatMap(importedIn).filter((imported) => !PAGES.includes(imported.from))) {
    const names = byModule.get(from) ?? new Map<string, 'type' | 'value'>();
    byModule.set(from, names.set(name, isType && names.get(name) !== 'value' ? 'type' : 'value'));
  }
  const floor = (from: string): number => ['kernel', 'block', 'job'].findIndex((name) => from.startsWith(`model/${name}/`));
  return [...byModule]
    .toSorted(([a], [b]) => floor(a) - floor(b) || (a < b ? -1 : 1))
    .map(([from, names]) => importOf(relative(FOLDER, from), names))
    .join('\n');
}

function importOf(from: string, names: ReadonlyMap<string, 'type' | 'value'>): string {
  const sorted = [...names].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const areTypes = sorted.every(([, kind]) => kind === 'type');
  const listed = sorted.map(([name, kind]) => (kind === 'type' && !areTypes ? `type ${name}` : name)).join(', ');
  return `import ${areTypes ? 'type ' : ''}{ ${listed} } from '${from}';`;
}

/** @returns what a page imports, by path from the top of the repository */
function importedIn(file: ts.SourceFile): { from: string; name: string; isType: boolean }[] {
  return file.statements.filter(ts.isImportDeclaration).flatMap(({ moduleSpecifier, importClause }) => {
    const names = importClause?.namedBindings;
    if (names === undefined || !ts.isNamedImports(names)) return [];
    return names.elements.map(({ name, isTypeOnly }) => ({
      from: resolve(file.fileName, (moduleSpecifier as ts.StringLiteral).text),
      name: name.text,
      isType: isTypeOnly || importClause!.isTypeOnly,
    }));
  });
}

/** What a page says of itself, and all but its imports. */
function bodyOf(file: ts.SourceFile): string {
  const imports = file.statements.filter(ts.isImportDeclaration);
  return `${file.text.slice(0, imports[0]!.getStart()).trim()}\n\n${file.text.slice(imports.at(-1)!.end).trim()}`;
}

/** The path from the top of the repository that a file means by a relative one. Without `node:path`, which the page lacks. */
const resolve = (file: string, path: string): string => new URL(path, `top:/${file}`).pathname.slice(1);

/** Where a folder finds a file, both given from the top of the repository. */
function relative(folder: string, path: string): string {
  const [from, to] = [folder.split('/').slice(0, -1), path.split('/')];
  const common = from.findIndex((name, i) => name !== to[i]);
  const shared = common < 0 ? from.length : common;
  const up = from.slice(shared).map(() => '..');
  return [...(up.length === 0 ? ['.'] : up), ...to.slice(shared)].join('/');
}
