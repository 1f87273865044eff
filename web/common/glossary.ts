/** The tables of docs/glossary.md, which is where the words are kept. */

export interface GlossaryTable {
  readonly title: string;
  readonly rows: readonly { readonly words: string; readonly means: string }[];
}

/** @throws if it is not as it was: a title, and below it a table of two columns */
export function glossaryOf(markdown: string): GlossaryTable[] {
  const tables = markdown
    .split(/^#+ /m)
    .slice(1)
    .map((part) => {
      const [title = '', ...lines] = part.split('\n');
      const rows = lines
        .filter((line) => line.startsWith('|'))
        .slice(2)
        .map((line) => {
          const [, words = '', means = '', ...more] = line.split(/(?<!\\)\|/).map((cell) => cell.trim());
          if (more.length !== 1) throw new Error(`docs/glossary.md: not a row of two columns: ${line}`);
          return { words: plain(words), means: plain(means) };
        });
      return { title, rows };
    });
  if (tables.every(({ rows }) => rows.length === 0)) throw new Error('docs/glossary.md: no tables');
  return tables.filter(({ rows }) => rows.length > 0);
}

/** Without the marks of Markdown. */
const plain = (text: string): string =>
  text
    .replaceAll('`', '')
    .replaceAll(String.raw`\|`, '|')
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1');
