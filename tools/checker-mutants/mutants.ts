/**
 * The mutants of the checker. Each is one edit of one line, and is told by what it does to the text of its line,
 * not by its place: edits elsewhere in a file leave it the same mutant.
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Edit, OPERATORS, edited, editsOf, showEdit } from '../mutants/edits.ts';
import { type Source, sourcesIn } from './sources.ts';
import { UNSOUND, type Unsound } from './unsound.ts';

export interface CheckerMutant extends Source {
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly text: string;
  readonly says: string;
  /** A reduction with this edit is known to miss failures. */
  readonly isUnsound: boolean;
}

const NAMES = [
  'a comparison turned',
  'a condition fixed',
  'a condition negated',
  'an operand dropped',
  'off by one',
  'a sum turned',
  'a line deleted',
] as const;
const ONE_LINE = Object.fromEntries(NAMES.map((name) => [name, OPERATORS[name]]));

/** Of each file those with the smallest ids, and all that are known to be unsound. In the order of their ids. */
export function checkerMutants(root: string): CheckerMutant[] {
  const drawn = sourcesIn(root).flatMap((source) => {
    const text = readFileSync(join(root, source.file), 'utf8');
    const edits = editsOf(text, ONE_LINE).filter(({ from, to }) => !text.slice(from, to).includes('\n'));
    return edits
      .map((edit) => mutantOf(source, text, edit))
      .toSorted(byId)
      .filter(({ id }, i, all) => id !== all[i - 1]?.id)
      .slice(0, source.mutants);
  });
  const unsound = unsoundMutants(root);
  return [...unsound, ...drawn.filter(({ id }) => !unsound.some((other) => other.id === id))].toSorted(byId);
}

/** Every tenth of them: it is fixed by the sources alone. */
export const tenthOf = (mutants: readonly CheckerMutant[]): CheckerMutant[] => mutants.filter((_, i) => i % 10 === 0);

const byId = (a: CheckerMutant, b: CheckerMutant): number => (a.id < b.id ? -1 : 1);

function mutantOf(source: Source, text: string, edit: Edit): CheckerMutant {
  const says = showEdit(text, edit);
  const changed = says
    .split('\n')
    .slice(1)
    .map((line) => line.replaceAll(/\s+/g, ' '))
    .join('\n');
  const id = createHash('sha256').update(`${source.file}\n${changed}`).digest('hex').slice(0, 8);
  return { ...source, id, text: edited(text, edit), says, isUnsound: false };
}

/** Known mistakes whose text the sources no longer have, exactly once: their entries in unsound.ts must follow. */
export const lostMutants = (root: string): Unsound[] => UNSOUND.filter(({ file, was }) => textOf(root, file).split(was).length !== 2);

function unsoundMutants(root: string): CheckerMutant[] {
  const lost = lostMutants(root);
  return UNSOUND.filter((mistake) => !lost.includes(mistake)).map(({ file, was, is, says }) => {
    const text = textOf(root, file);
    const from = text.indexOf(was);
    const edit = { operator: says, line: text.slice(0, from).split('\n').length, from, to: from + was.length, put: is };
    return { ...mutantOf({ file, part: 'reductions', mutants: 1 }, text, edit), isUnsound: true };
  });
}

const textOf = (root: string, file: string): string => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '');
