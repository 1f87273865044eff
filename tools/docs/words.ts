/**
 * How many words of docs/ are written by hand. What a tool writes says so itself: a page by a comment at its top, a table by a comment
 * before it, which ends at the next empty line.
 */

/** What is written by hand in docs/, all pages together, has at most so many words. */
export const WORDS_MAX = 18_000;

const WRITTEN_PAGE = /^(?:# .*\n\n)?<!-- Written by `npm run (?<script>[a-z-]+)`/;
const WRITTEN_TABLE = /^<!-- (?:options of [a-z]+|exit statuses|steps) -->\n(?:.+\n)*/gm;

/** @returns the script of package.json that writes the whole page; null: none does */
export const writerOf = (page: string): string | null => WRITTEN_PAGE.exec(page)?.groups!['script'] ?? null;

/** What of a page is written by hand: nothing of a page that a tool writes. */
export const handWritten = (page: string): string => (writerOf(page) === null ? page.replaceAll(WRITTEN_TABLE, '') : '');

/** As `wc -w` counts. */
export const wordsIn = (text: string): number => text.match(/\S+/g)?.length ?? 0;

export interface Counted {
  readonly file: string;
  readonly byHand: number;
  readonly written: number;
}

/** @param pages by file name */
export const countWords = (pages: ReadonlyMap<string, string>): Counted[] =>
  [...pages].map(([file, text]) => {
    const byHand = wordsIn(handWritten(text));
    return { file, byHand, written: wordsIn(text) - byHand };
  });

export const byHandInAll = (counted: readonly Counted[]): number => counted.reduce((sum, { byHand }) => sum + byHand, 0);

/** Pages with words of people first, the longest first; then what tools write; then the sum. */
export function wordsInWords(counted: readonly Counted[]): string {
  const column = (which: 'byHand' | 'written'): string[] =>
    counted
      .filter((one) => one[which] > 0)
      .toSorted((a, b) => b[which] - a[which])
      .map((one) => `${String(one[which]).padStart(7)}  ${one.file}`);
  return [
    'written by hand',
    ...column('byHand'),
    'written by tools',
    ...column('written'),
    `${byHandInAll(counted)} words are written by hand, at most ${WORDS_MAX}`,
    '',
  ].join('\n');
}
