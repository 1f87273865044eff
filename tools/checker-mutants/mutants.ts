/**
 * The mutants of the checker. Each is one edit of one line, and is told by what it does to the text of its line,
 * not by its place: edits elsewhere in a file leave it the same mutant.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Edit, OPERATORS } from '../mutants/edits.ts';
import { type Mutant, byId, mutantOf, mutantsIn } from '../mutants/mutant.ts';
import { type Source, sourcesIn } from './sources.ts';
import { UNSOUND, type Unsound } from './unsound.ts';

export interface CheckerMutant extends Source, Mutant {
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
    const isOneLine = ({ from, to }: Edit): boolean => !text.slice(from, to).includes('\n');
    return mutantsIn(source.file, text, ONE_LINE, isOneLine)
      .slice(0, source.mutants)
      .map((mutant) => ({ ...source, ...mutant, isUnsound: false }));
  });
  const unsound = unsoundMutants(root);
  return [...unsound, ...drawn.filter(({ id }) => !unsound.some((other) => other.id === id))].toSorted(byId);
}

/** Known mistakes whose text the sources no longer have, exactly once: their entries in unsound.ts must follow. */
export const lostMutants = (root: string): Unsound[] => UNSOUND.filter(({ file, was }) => textOf(root, file).split(was).length !== 2);

function unsoundMutants(root: string): CheckerMutant[] {
  const lost = lostMutants(root);
  return UNSOUND.filter((mistake) => !lost.includes(mistake)).map(({ file, was, is, says }) => {
    const text = textOf(root, file);
    const from = text.indexOf(was);
    const edit = { operator: says, line: text.slice(0, from).split('\n').length, from, to: from + was.length, put: is };
    return { file, part: 'reductions', mutants: 1, ...mutantOf(file, text, edit), isUnsound: true };
  });
}

const textOf = (root: string, file: string): string => (existsSync(join(root, file)) ? readFileSync(join(root, file), 'utf8') : '');
