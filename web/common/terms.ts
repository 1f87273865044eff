/** Which words of a text are in the glossary: each is marked where it comes first, and nowhere else. */
import type { GlossaryTable } from './glossary.ts';

/** In the glossary, and as often no more than English. */
const EVERYDAY = ['copy', 'take', 'turn', 'order', 'zero'];

export interface Term {
  /** As the text has it. */
  readonly text: string;
  /** As the glossary has it, with what is said of it there. */
  readonly words: string;
  readonly means: string;
}

/** A piece of a text: a term, or what stands between two of them. */
export type Piece = string | Term;

/** @param texts in the order in which they are read @returns by text, its pieces */
export function markTerms(texts: readonly string[], glossary: readonly GlossaryTable[]): ReadonlyMap<string, readonly Piece[]> {
  const rows = rowsByTerm(glossary);
  const longestFirst = [...rows.keys()].toSorted((a, b) => b.length - a.length);
  const all = longestFirst.map((term) => term.replaceAll(/[^\w ]/g, String.raw`\$&`)).join('|');
  const pattern = new RegExp(String.raw`(?<![\w.@"-])(${all})(s?)(?![\w.@-])`, 'gi');
  const seen = new Set<string>();
  const marked = new Map<string, readonly Piece[]>();
  for (const text of texts) if (!marked.has(text)) marked.set(text, piecesOf(text, pattern, rows, seen));
  return marked;
}

type Row = GlossaryTable['rows'][number];

/** The first table has the words; steps and shapes have tables of their own. Contents such as `s5@0` are told where they are shown. */
function rowsByTerm([words]: readonly GlossaryTable[]): Map<string, Row> {
  const rows = new Map<string, Row>();
  for (const row of words?.rows ?? [])
    for (const term of row.words.split(', '))
      if (/^[a-z0-9 -]+$/i.test(term) && !EVERYDAY.includes(term)) rows.set(term.toLowerCase(), row);
  return rows;
}

function piecesOf(text: string, pattern: RegExp, rows: ReadonlyMap<string, Row>, seen: Set<string>): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const found of text.matchAll(pattern)) {
    const { words, means } = rows.get(found[1]!.toLowerCase())!;
    // What stands in quotes is a name: of a row, of a button.
    const isQuoted = text.slice(0, found.index).split('"').length % 2 === 0;
    // `none` is a word, `NONE` a mode.
    const isMode =
      words.includes(found[1]!.toUpperCase()) && !words.includes(found[1]!.toLowerCase()) && found[1] !== found[1]!.toUpperCase();
    if (seen.has(words) || isQuoted || isMode) continue;
    seen.add(words);
    if (found.index > from) pieces.push(text.slice(from, found.index));
    pieces.push({ text: found[0], words, means });
    from = found.index + found[0].length;
  }
  if (from < text.length) pieces.push(text.slice(from));
  return pieces;
}
