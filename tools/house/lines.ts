/**
 * Finds lines that are too long: the formatter leaves strings, templates, regular expressions and comments as they are. And lines with
 * words that leave open who acts (a guest, a coroutine, a reader, the user), or that are not the field's.
 */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { FLOORS } from './read.ts';

/** As in .oxfmtrc.json. */
const COLUMNS_MAX = 140;
const SOURCE = /\.(ts|tsx|mjs)$/;
const TEXT = /\.(ts|tsx|mjs|md)$/;
const NOT_OURS = /(^|[/\\])(node_modules|dist)[/\\]/;
/** Riddles, and words that are no standard terms. */
const UNPLAIN =
  /\b(whoever|one's own|parted by|parts from this one|with how little|goes on before step|found from nothing|had no part in it)\b/i;

/**
 * @param folder with the floors, traces/ and examples/, as far as it has them
 * @returns one line each: where it is, and how long
 */
export const longLines = (folder: string): string[] =>
  linesIn(folder, [...FLOORS, 'traces', 'examples'], SOURCE)
    .map(({ at, line }) => ({ at, columns: Array.from(line).length }))
    .filter(({ columns }) => columns > COLUMNS_MAX)
    .map(({ at, columns }) => `${at}: ${columns} columns, expected at most ${COLUMNS_MAX}`);

/** What a user reads names who acts: a guest, the job, the user, a coroutine. */
const NOBODY = /\b(somebody|nobody|whoever|goes on|one's own|told of its end)\b/i;
const USER_READS = ['src', 'model', 'properties'];
const NOT_READ = /(\.spec|(^|\/)testing)\.ts$/;
/** Details of failures that kept traces carry as they were told, and mistakes in the making of cowcheck, which no user meets. */
const LEFT = ['nobody has made', 'nobody has said what the step', 'has woken somebody, and cannot enter'];

/** @returns one line each for texts of the program: where it is, and the word. Comments are for those who work on it */
export const textsOfNobody = (folder: string): string[] =>
  USER_READS.filter((name) => existsSync(join(folder, name))).flatMap((name) =>
    readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
      .map((path) => join(name, path).replaceAll('\\', '/'))
      .filter((path) => path.endsWith('.ts') && !NOT_READ.test(path))
      .toSorted()
      .flatMap((path) => textsIn(readFileSync(join(folder, path), 'utf8')).flatMap((text) => complaintOf(path, text))),
  );

function complaintOf(path: string, text: string): string[] {
  const word = NOBODY.exec(text)?.[0];
  const isName = !text.includes(' ') || text === word; // a name in code, or a word that code looks for
  return word === undefined || isName || LEFT.some((left) => text.includes(left))
    ? []
    : [`${path}: "${text.trim().slice(0, 60)}": say who acts`];
}

/** String literals, and the fixed parts of templates. */
function textsIn(source: string): string[] {
  const texts: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node))
      texts.push(node.text);
    ts.forEachChild(node, visit);
  };
  if (NOBODY.test(source)) visit(ts.createSourceFile('a.ts', source, ts.ScriptTarget.ES2023));
  return texts;
}

/** @returns one line each: where it is, and the word. This check and its spec may name them. */
export const unplainLines = (folder: string): string[] =>
  linesIn(folder, [...FLOORS, 'docs', 'examples', 'README.md', 'CONTRIBUTING.md'], TEXT)
    .filter(({ at }) => !at.startsWith('tools/house/'))
    .flatMap(({ at, line }) => {
      const word = UNPLAIN.exec(line)?.[0];
      return word === undefined ? [] : [`${at}: "${word}": use plain words, and say who acts`];
    });

interface Line {
  /** `model/block/node.ts:12` */
  readonly at: string;
  readonly line: string;
}

/** @param parts folders, with all that is in them, and files */
const linesIn = (folder: string, parts: readonly string[], which: RegExp): Line[] =>
  parts
    .filter((name) => existsSync(join(folder, name)))
    .flatMap((name) =>
      statSync(join(folder, name)).isFile()
        ? [name]
        : readdirSync(join(folder, name), { recursive: true, encoding: 'utf8' })
            .filter((path) => which.test(path) && !NOT_OURS.test(path))
            .toSorted()
            .map((path) => join(name, path)),
    )
    .flatMap((path) =>
      readFileSync(join(folder, path), 'utf8')
        .split('\n')
        .map((line, i) => ({ at: `${path}:${i + 1}`, line })),
    );
