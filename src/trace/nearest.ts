/** Which name was meant by one that is unknown. */
import { distance } from 'fastest-levenshtein';

/** Of a name that was typed no more is looked at. */
const LENGTH_MAX = 80;

/** How many letters may differ: two of them are as many as a swap takes. */
const differenceMax = (length: number): number => (length < 4 ? 1 : Math.max(2, Math.floor(length / 3)));

/** So many letters at least are enough of a name's beginning. */
const BEGINNING_MIN = 6;

/** What an error adds after an unknown name: ` (did you mean 'x'?)`, or nothing if no name is near. @param quote around the name */
export function didYouMean(text: string, names: readonly string[], quote = "'"): string {
  const name = nearest(text, names);
  return name === null ? '' : ` (did you mean ${quote}${name}${quote}?)`;
}

/** @returns the name that begins with the text, or differs least from it, and last, upper and lower case aside; null if none is near */
export function nearest(text: string, names: readonly string[]): string | null {
  const typed = text.slice(0, LENGTH_MAX).toLowerCase();
  const begun = typed.length < BEGINNING_MIN ? undefined : names.find((known) => known.toLowerCase().startsWith(typed));
  if (begun !== undefined) return begun;
  const near = names
    .map((name) => ({ name, differs: distance(typed, name.toLowerCase()), begins: sharedBeginning(typed, name.toLowerCase()) }))
    .filter(({ name, differs }) => differs <= differenceMax(Math.max(typed.length, name.length)));
  return near.toSorted((a, b) => a.differs - b.differs || b.begins - a.begins)[0]?.name ?? null;
}

/** How many letters two texts have in common before they differ: a mistake late in a name is the likelier one. */
function sharedBeginning(a: string, b: string): number {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length++;
  return length;
}
