/** docs/gallery/: a page for each trace of traces/gallery/, with its sentence, its picture and its columns, and an index. */
import { historyOf } from '../../model/families/history.ts';
import { ruleNamed } from '../../model/machine/jobs.ts';
import { type Explanation, explain } from '../../src/explain/explanation.ts';
import { md } from '../../src/explain/formats/markdown.ts';
import { svgOfExplanation } from '../../src/explain/formats/svg.ts';
import { textOfExplanation } from '../../src/explain/formats/text.ts';
import { type About, REACHES } from '../../src/trace/about.ts';
import type { Trace } from '../../src/trace/format.ts';
import { table } from './markdown.ts';
import type { Corpus } from './corpus.ts';

const FROM = 'traces/gallery/';
const TO = 'docs/gallery/';
const WIDTH = 100;

interface Page {
  readonly name: string;
  readonly path: string;
  readonly explanation: Explanation;
}

/** By path from the top of the repository, all that is in docs/gallery/. */
export function galleryFiles(corpus: Corpus): Map<string, string> {
  const pages = [...corpus]
    .filter(([path]) => path.startsWith(FROM))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(pageOf);
  return new Map([
    [`${TO}README.md`, indexOf(pages)],
    ...pages.flatMap((page): [string, string][] => [
      [`${TO}${page.name}.md`, textOf(page)],
      [`${TO}${page.name}.svg`, svgOfExplanation(page.explanation)],
    ]),
  ]);
}

function pageOf([path, trace]: readonly [string, Trace]): Page {
  const explanation = explain(trace);
  if (explanation === null) throw new Error(`${path}: nothing breaks in it, so there is nothing to show`);
  return { name: path.slice(FROM.length, -'.trace.yaml'.length).replaceAll('/', '-'), path, explanation };
}

function textOf({ name, path, explanation }: Page): string {
  const columns = textOfExplanation(explanation, { width: WIDTH, ascii: true, full: false, compare: true, path, paint: (_, text) => text });
  return `${[
    '<!-- Written by `npm run docs` from the traces in traces/gallery/. -->',
    `# ${md(titleOf({ name, explanation }))}`,
    ...aboutLines(explanation),
    `**${md(explanation.sentence)}**`,
    `![The steps of ${md(name)}, each with what the disk, the target and the backup show](${encodeURI(name)}.svg)`,
    'The picture in words; what the words mean is in the [glossary](../glossary.md), and the ' +
      `[trace](../../${encodeURI(path)}) can be run again.`,
    `\`\`\`text\n${columns.join('\n')}\n\`\`\``,
    '[All of the gallery](README.md)',
  ].join('\n\n')}\n`;
}

/** As its trace calls it. */
const titleOf = ({ name, explanation }: Pick<Page, 'name' | 'explanation'>): string => explanation.trace.about?.title ?? name;

/** What it means to people who use QEMU. */
function aboutLines({ trace: { about }, rules }: Explanation): string[] {
  const history = rules
    .map((name) => `${historyOf(ruleNamed(name))}.`)
    .map(upperFirst)
    .join(' ');
  return [table(['', ''], [...(about === undefined ? [] : rowsOf(about)), ['History', md(history)]])];
}

const upperFirst = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

function rowsOf({ seen, needs, reach, because }: About): string[][] {
  return [
    ['What a user saw', md(seen)],
    ['What it takes', md(needs)],
    ['Could a user hit it?', md(`${upperFirst(REACHES[reach])}. ${because}`)],
  ];
}

function indexOf(pages: readonly Page[]): string {
  const rows = pages
    .map(({ name, explanation }) => ({ name, title: titleOf({ name, explanation }), ...explanation }))
    .map(({ name, title, rules, mode, shape, sentence }) => [
      `[${md(title)}](${encodeURI(name)}.md)`,
      rules.join(', '),
      mode,
      shape ?? 'none fits',
      md(sentence),
    ]);
  return `${[
    '<!-- Written by `npm run docs` from the traces in traces/gallery/. -->',
    '# Gallery',
    'Backups that went wrong, each in the smallest run that shows it. Shapes and other words are in the [glossary](../glossary.md).',
    table(['trace', 'without', 'mode', 'shape', 'what happened'], rows),
  ].join('\n\n')}\n`;
}
