/** Which name was meant by one that is unknown. */
import { closest, distance } from 'fastest-levenshtein';

/** Of a name that was typed no more is looked at. */
const LENGTH_MAX = 80;

/** How many letters may differ: two of them are as many as a swap takes. */
const differenceMax = (length: number): number => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)));

/** @returns the name that differs least from the text, upper and lower case aside; null if none is near */
export function nearest(text: string, names: readonly string[]): string | null {
  const typed = text.slice(0, LENGTH_MAX).toLowerCase();
  const name = closest(typed, names);
  return distance(typed, name.toLowerCase()) <= differenceMax(Math.max(typed.length, name.length)) ? name : null;
}
