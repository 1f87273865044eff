/** docs/ stays short enough to be read, and what counts as written by a tool is written by one. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../copy-of-tree.ts';
import { DOCUMENTS } from './documents.ts';
import { WORDS_MAX, byHandInAll, countWords, handWritten, wordsIn, wordsInWords, writerOf } from './words.ts';

const FOLDER = join(ROOT, 'docs');
const PAGES = new Map(
  readdirSync(FOLDER)
    .filter((name) => name.endsWith('.md'))
    .map((name) => [name, readFileSync(join(FOLDER, name), 'utf8')]),
);

/** Pages of measurements, by the script that measures and writes them. */
const MEASURED: ReadonlyMap<string, string> = new Map([
  ['broken-builds.md', 'broken-builds'],
  ['releases.md', 'releases-table'],
  ['strategies.md', 'matrix'],
  ['strategies-today.md', 'matrix'],
]);

it('docs/ has few enough words that are written by hand', () => {
  const words = byHandInAll(countWords(PAGES));
  expect(words).toBeLessThanOrEqual(WORDS_MAX);
  expect(words).toBeGreaterThan(WORDS_MAX / 4); // else this counts nothing
});

it('a page that says that a tool writes it is written by that tool', () => {
  const written = [...PAGES].filter(([, text]) => writerOf(text) !== null).map(([file, text]) => `${file} ${writerOf(text)}`);
  const ofDocs = DOCUMENTS.flatMap(({ path }) => (path.endsWith('.md') ? `${path.slice('docs/'.length)} docs` : []));
  expect(written.toSorted()).toEqual([...ofDocs, ...[...MEASURED].map((one) => one.join(' '))].toSorted());
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: object };
  for (const script of MEASURED.values()) expect(Object.keys(scripts)).toContain(script);
});

it('counts what is between tables of a tool, and no page that a tool writes', () => {
  const page = 'one two\n\n<!-- options of check -->\n| a | b |\n| c | d |\n\nthree\n';
  expect(wordsIn(handWritten(page))).toBe(3);
  expect(handWritten('<!-- Written by `npm run docs` from x. -->\n\nwords\n')).toBe('');
  expect(handWritten('# Title\n\n<!-- Written by `npm run docs`. -->\n\nwords\n')).toBe('');
  expect(handWritten('# Title\n\nwords\n\n<!-- Written by `npm run docs`. -->\n')).toContain('words');
});

it('lists pages with the longest first, and the sum', () => {
  const counted = countWords(
    new Map([
      ['a.md', 'one'],
      ['b.md', 'one two\n\n<!-- steps -->\n| a |\n'],
      ['c.md', '<!-- Written by `npm run docs`. -->\nfour words'],
    ]),
  );
  expect(wordsInWords(counted)).toBe(
    [
      'written by hand',
      '      2  b.md',
      '      1  a.md',
      'written by tools',
      '      9  c.md',
      '      6  b.md',
      `3 words are written by hand, at most ${WORDS_MAX}`,
      '',
    ].join('\n'),
  );
});
