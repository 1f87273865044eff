/**
 * Mutants of a file: one edit each, told by what it does to the text of its lines, not by their place: edits elsewhere in the file
 * leave it the same mutant.
 */
import { createHash } from 'node:crypto';
import { type Edit, type Operator, edited, editsOf, showEdit } from './edits.ts';

export interface Mutant {
  /** Eight hexadecimal digits. */
  readonly id: string;
  /** The name of the operator that made the edit. */
  readonly operator: string;
  /** The whole file with the edit. */
  readonly text: string;
  /** The edit in a few lines: its place, what was there and what is there now. */
  readonly says: string;
}

/**
 * @param file its path, which is part of the ids
 * @param isWanted which edits count
 * @returns in the order of their ids, none twice
 */
export function mutantsIn(
  file: string,
  text: string,
  operators: Readonly<Record<string, Operator>>,
  isWanted: (edit: Edit) => boolean,
): Mutant[] {
  return editsOf(text, operators)
    .filter(isWanted)
    .map((edit) => mutantOf(file, text, edit))
    .toSorted(byId)
    .filter(({ id }, i, all) => id !== all[i - 1]?.id);
}

export function mutantOf(file: string, text: string, edit: Edit): Mutant {
  const says = showEdit(text, edit);
  const changed = says
    .split('\n')
    .slice(1)
    .map((line) => line.replaceAll(/\s+/g, ' '))
    .join('\n');
  const id = createHash('sha256').update(`${file}\n${changed}`).digest('hex').slice(0, 8);
  return { id, operator: edit.operator, text: edited(text, edit), says };
}

export const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** Every tenth of them: which ones depends on the sources alone. */
export const tenthOf = <T>(mutants: readonly T[]): T[] => mutants.filter((_, i) => i % 10 === 0);
