/** docs/qemu-1.6-job.md: the job of QEMU 1.6 as `rules --show` prints it, beside what QEMU 1.6 does, in words. */
import ts from 'typescript';
import { type Print, printOf } from '../../src/fold/print.ts';
import type { Sources } from '../../src/fold/program.ts';
import { code, table } from './markdown.ts';
import { PARTS, type Part, type Piece } from './qemu-1.6-steps.ts';

export function qemuJobDocument(sources: Sources): string {
  const print = printOf({ job: 'qemu-1.6', without: [] }, sources);
  return `${[
    '<!-- Written by `npm run docs` from model/ and tools/docs/qemu-1.6-steps.ts. -->',
    '# The job of QEMU 1.6, line by line',
    INTRODUCTION,
    `Its rules that are off: ${print.off.map(code).join(', ')}.`,
    ...PARTS.flatMap((part) => [`## ${part.title}`, part.about, tableOf(part, print)]),
  ].join('\n\n')}\n`;
}

const INTRODUCTION =
  `On the right is what \`npx cowcheck rules --show qemu-1.6\` prints: the job of this model, with the ` +
  'rules of that release folded in. It is what runs: a test compiles the print and compares it with the ' +
  'model, cell by cell. On the left is what QEMU 1.6 (commit fc5d3f84) does there, in words. The labels are ' +
  `those of the comments in the model; \`S-06\` and the like name defects of that release, each of which is ` +
  `a rule that is off. What is not on the right is how a job sleeps, stops and is told of (\`model/job/\`), ` +
  `and how a disk is read and written (\`model/block/\`).`;

function tableOf({ file, pieces }: Part, { text, folded }: Print): string {
  const page = ts.createSourceFile('page.ts', file === 'print' ? text : folded.get(file)!, ts.ScriptTarget.Latest, true);
  return table(
    ['step', 'QEMU 1.6', 'here'],
    pieces.flatMap((piece) => rowsOf(piece, linesOf(page, piece.of))),
  );
}

/** Each row has the lines from where it begins to where the next does. @throws if they do not begin there */
export function rowsOf({ of, rows }: Piece, lines: readonly string[]): string[][] {
  const starts: number[] = [];
  for (const { at } of rows) {
    const after = (starts.at(-1) ?? -1) + 1;
    const start = lines.findIndex((_, i) => i >= after && begins(lines.slice(i), at));
    if (start < 0) throw new Error(`${of} has no line that begins with ${at}, or has it too early`);
    starts.push(start);
  }
  if (starts[0] !== 0) throw new Error(`${of} begins with ${lines[0]}, of which nothing is said`);
  return rows.map(({ step, words }, i) => [
    step,
    words,
    [...(i === 0 ? [`**${of}**`] : []), ...lines.slice(starts[i], starts[i + 1]).map(codeLine)].join('<br>'),
  ]);
}

/** `at` may go on in the next lines. */
const begins = (lines: readonly string[], at: string): boolean =>
  at.split('\n').every((part, i) => lines[i]?.trimStart().startsWith(part) === true);

/** The lines in a function's body, less those that are empty, or only comment. */
function linesOf(page: ts.SourceFile, name: string): string[] {
  let body: ts.Block | undefined;
  const look = (node: ts.Node): void => {
    if ((ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node)) && node.name?.getText() === name) body = node.body;
    node.forEachChild(look);
  };
  look(page);
  if (body === undefined) throw new Error(`there is no ${name}`);
  const lines = body
    .getText()
    .slice(1, -1)
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.trimStart().startsWith('//'));
  const margin = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(margin).replace(/ +\/\/ .*$/, ''));
}

function codeLine(line: string): string {
  const indent = line.search(/\S/);
  return `${'&nbsp;'.repeat(2 * indent)}${code(line.trim())}`;
}
