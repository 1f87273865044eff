/** Changes to a text by place, so that what they do not touch keeps its formatting and its comments. */
import ts from 'typescript';

export interface Edit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/** An edit that lies within another goes with it. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  const outer = edits.filter(
    (e) =>
      !edits.some(
        (o) =>
          o !== e && o.start <= e.start && e.end <= o.end && (o.end - o.start > e.end - e.start || edits.indexOf(o) < edits.indexOf(e)),
      ),
  );
  return outer
    .toSorted((a, b) => b.start - a.start)
    .reduce((before, { start, end, text: after }) => before.slice(0, start) + after + before.slice(end), text);
}

export const replace = (node: ts.Node, text: string): Edit => ({ start: node.getStart(), end: node.end, text });

/** Takes a statement or a member out, with its lines: the comment right above it, and the one behind it. */
export function removal(node: ts.Node): Edit {
  const text = node.getSourceFile().text;
  const comments = ts.isImportDeclaration(node) ? [] : (ts.getLeadingCommentRanges(text, node.pos) ?? []); // above imports: the file's
  let first = node.getStart();
  for (const { pos, end } of comments.toReversed()) {
    if (text.slice(end, first).split('\n').length > 2) break; // a line apart: the comment of a group
    first = pos;
  }
  const behind = ts.getTrailingCommentRanges(text, node.end)?.at(-1)?.end ?? node.end;
  const start = text.lastIndexOf('\n', first - 1) + 1;
  const lineEnd = text.indexOf('\n', behind);
  const hasLines = text.slice(start, first).trim() === '' && lineEnd >= 0 && text.slice(behind, lineEnd).trim() === '';
  return hasLines ? { start, end: lineEnd + 1, text: '' } : { start: first, end: behind, text: '' };
}

/** The statements of a block, moved out to where the block itself stands. */
export function contentOf(block: ts.Block): string {
  const text = block.getSourceFile().text;
  const inner = text.slice(block.getStart() + 1, block.end - 1);
  return inner.replaceAll('\n  ', '\n').trim();
}
