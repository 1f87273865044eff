/** What an error says of a name that is none of those that can be given. */
import { InvalidArgumentError } from 'commander';
import { didYouMean } from '../../../trace/nearest.ts';

/** A longer list is left to `--help` if a name is near. */
const LIST_MAX = 8;

/**
 * @param list the choices as the user reads them, after "Expected"
 * @returns the error of a parser of commander, which `sayInOneLine` makes a line of
 */
export function invalidName(text: string, names: readonly string[], list: string): InvalidArgumentError {
  const meant = didYouMean(text, names);
  return new InvalidArgumentError((meant !== '' && names.length > LIST_MAX ? meant : `${meant} Expected ${list}.`).trim());
}

/** @returns such as `full, top or none` */
export const choice = (names: readonly string[], or: 'or' | 'and' = 'or'): string =>
  names.length < 2 ? names.join('') : `${names.slice(0, -1).join(', ')} ${or} ${names.at(-1)}`;
