/** What is left to do once code has gone: comments that speak of rules, columns of comments, blank lines. */
import ts from 'typescript';
import { RULE_NAMES } from '../../model/families/notifier/rules.ts';
import { type Edit, applyEdits } from './edit.ts';

const NAMES = new RegExp(String.raw`\b(?:${[...RULE_NAMES, String.raw`rules\.ts`].join('|')})\b`);
const ASIDE = / ?\([^()]*\)/g;
const SENTENCE = /[^.;]+(?:\.(?!\s|$)[^.;]*)*[.;]?\s*/g;

export function tidied(text: string): string {
  return withoutGaps(aligned(withoutRulesInComments(text)));
}

/** What a comment says of a rule, an aside or a sentence, goes; a comment of which nothing is left goes whole. */
function withoutRulesInComments(text: string): string {
  return applyEdits(
    text,
    commentsIn(text)
      .filter(({ start, end }) => NAMES.test(text.slice(start, end)))
      .map(({ start, end }) => {
        const rest = text
          .slice(start, end)
          .replaceAll(ASIDE, (aside) => (NAMES.test(aside) ? '' : aside))
          .replaceAll(SENTENCE, (sentence) => (NAMES.test(sentence) ? '' : sentence));
        if (/[a-z]/i.test(rest)) return { start, end, text: closed(rest) };
        const lineStart = text.lastIndexOf('\n', start) + 1;
        return text.slice(lineStart, start).trim() === ''
          ? { start: lineStart, end: text.indexOf('\n', end) + 1, text: '' }
          : { start: text.slice(0, start).trimEnd().length, end, text: '' };
      }),
  );
}

/** A block comment may have lost its end with its last sentence. */
function closed(comment: string): string {
  if (!comment.startsWith('/*')) return comment.trimEnd();
  const open = comment.replace(/[\s*/]+$/, '');
  const margin = /\n( *\*)/.exec(open)?.[1];
  if (margin === undefined) return `${open} */`;
  const [first, only, ...more] = open.split('\n');
  return first === '/**' && only !== undefined && more.length === 0 ? `/** ${only.replace(/^[\s*]+/, '')} */` : `${open}\n${margin}/`;
}

function commentsIn(text: string): Edit[] {
  const comments: Edit[] = [];
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, false, ts.LanguageVariant.Standard, text);
  for (let kind = scanner.scan(); kind !== ts.SyntaxKind.EndOfFileToken; kind = scanner.scan()) {
    if (kind === ts.SyntaxKind.SingleLineCommentTrivia || kind === ts.SyntaxKind.MultiLineCommentTrivia)
      comments.push({ start: scanner.getTokenStart(), end: scanner.getTokenEnd(), text: '' });
  }
  return comments;
}

/** `code; //      E1`: the labels of a function stand in a column, but for those of long lines. */
const LABELLED = /^(.*\S) \/\/ +([A-Z]\d)$/;
const COLUMN_MAX = 92;

function aligned(text: string): string {
  return text
    .split(/(?<=^ {0,2}\}\n)/m)
    .map((part) => {
      const widths = part.split('\n').map((line) => LABELLED.exec(line)?.[1]!.length ?? 0);
      const column = Math.max(...widths.filter((width) => width <= COLUMN_MAX));
      return part.replaceAll(
        new RegExp(LABELLED, 'gm'),
        (_, code: string, label: string) => `${code} // ${' '.repeat(Math.max(0, column - code.length))}${label}`,
      );
    })
    .join('');
}

function withoutGaps(text: string): string {
  return text
    .replaceAll(/\n{3,}/g, '\n\n')
    .replaceAll(/\{\n\n/g, '{\n')
    .replaceAll(/\n\n( *\})/g, '\n$1')
    .trimStart();
}
