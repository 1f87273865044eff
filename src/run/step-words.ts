/** Each step in one sentence: what it does (the words are where the step is named), and what it shows. */
import { stepNamed } from '../../model/kernel/step.ts';
import { meaningOf } from '../../model/meaning.ts';
import { nameOfWho, capital } from '../explain/story/words.ts';

/**
 * `g1 writes cluster 0 of the disk → s0.g1`; without what it shows: what it would do next. A step that
 * only the job of a trace knows, which is not here, is told by its name.
 */
export function sentenceOfStep(who: string, what: string, saw: string): string {
  const [label = '', place] = what.split(' ');
  const name = stepNamed(label);
  const does = name === null ? label : meaningOf(name.index).words;
  return `${capital(`${nameOfWho(who)} ${does.replace('{c}', placeWords(place))}`)}${saw === '' ? '' : ` → ${saw}`}`;
}

/** `c1` is cluster 1, `s1` sector 1. */
export const placeWords = (place = ''): string => place.replace(/^c(?=\d)/, 'cluster ').replace(/^s(?=\d)/, 'sector ');
