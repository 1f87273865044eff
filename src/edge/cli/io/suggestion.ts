/** What a message adds where a name is unknown. */
import { nearest } from '../../../trace/nearest.ts';

/** @returns a question with a space before it, or nothing if no name is near */
export function didYouMean(text: string, names: readonly string[]): string {
  const name = nearest(text, names);
  return name === null ? '' : ` Did you mean ${name}?`;
}
