/** An explanation for a bug report: Markdown that any tracker shows, and in which nothing from a trace is markup. */
import { printable } from '../../trace/printable.ts';
import { writeTrace } from '../../trace/write.ts';
import { HEADS, markOf } from '../columns.ts';
import { type Explanation, type Line, type Row, isFold, linesOf } from '../explanation.ts';
import { commandsFor, headline, reasonsOf } from '../reasons.ts';
import { shellWord } from '../shell-word.ts';
import { plural } from '../story/words.ts';

export interface MarkdownOptions {
  readonly full: boolean;
  readonly path: string;
}

export function markdownOfExplanation(explanation: Explanation, { full, path }: MarkdownOptions): string {
  const { guilty, scenario, detail, sentence, trace } = explanation;
  return `${[
    `### ${md(headline(explanation))}`,
    md(sentence),
    md(`${detail}. ${scenario}.`),
    stepTable(explanation, linesOf(explanation, full)),
    guilty.map(({ step, note }) => `- **${md(markOf(explanation, explanation.rows[step - 1]!))}** ${md(note)}`).join('\n'),
    reasonsOf(explanation)
      .map(({ label, text }) => `- **${label}**: ${md(text)}`)
      .join('\n'),
    fenced(
      'sh',
      commandsFor(explanation, printable(shellWord(path)))
        .map(({ label, text }) => `${text}  # ${label}`)
        .join('\n'),
    ),
    '<details><summary>The ' +
      `trace</summary>\n\n${fenced('yaml', writeTrace(trace).trimEnd().split('\n').map(printable).join('\n'))}\n\n</details>`,
  ].join('\n\n')}\n`;
}

function stepTable(explanation: Explanation, lines: readonly Line[]): string {
  const { rows } = explanation;
  const hasState = rows.some(({ state }) => state !== null);
  const head = ['step', '', 'who', 'does', 'saw', ...(hasState ? [HEADS.source, HEADS.target, HEADS.bit, HEADS.shows] : [])];
  const cells = lines.map((line) =>
    isFold(line)
      ? ['...', '', '', plural(line.folded, 'unrelated step'), '', ...(hasState ? ['', '', '', ''] : [])]
      : rowCells(line, markOf(explanation, line), hasState),
  );
  return [head, head.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function rowCells({ n, who, what, saw, note, state, changed }: Row, mark: string, hasState: boolean): string[] {
  const strong = (text: string, is: boolean): string => (is && text !== '' ? `**${md(text)}**` : md(text));
  const states = (['source', 'target', 'bit', 'shows'] as const).map((key) => strong(state?.[key] ?? '', changed.includes(key)));
  return [strong(String(n), mark !== ''), strong(mark, true), md(who), strong(what, note !== null), md(saw), ...(hasState ? states : [])];
}

const ENTITIES: Record<string, string> = { '<': '&lt;', '>': '&gt;', '&': '&amp;', '@': '&#64;' };

/** A text in which nothing is markup, nor mentions anybody, on one line. */
export function md(text: string): string {
  return printable(text).replaceAll(/[\\`*_{}[\]<>#|~$&]|(?<!\w)@/g, (c) => ENTITIES[c] ?? `\\${c}`);
}

/** Behind more backticks than there are in it. */
function fenced(language: string, text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
