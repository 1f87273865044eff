/**
 * What the player says of a step: in a few plain words, or in those of traces where every small step is shown; and without words that the
 * lesson at hand has not come to yet.
 */
import { signal } from '@preact/signals';
import type { RunStep } from '../../src/run/run.ts';
import { placeWords, sentenceOfStep } from '../../src/run/step-words.ts';
import { capital, nameOfWho } from '../../src/explain/story/words.ts';
import { everyDetail } from './detail.ts';
import { PLAIN_STEPS } from '../common/plain-steps.ts';

/** Parts of texts that are left out. */
export const unsaid = signal<readonly string[]>([]);

export const said = (text: string): string => unsaid.value.reduce((rest, part) => rest.replaceAll(part, ''), text);

/** That it is T0 the words of the step say already. */
export function sentenceOf({ who, what, saw }: Pick<RunStep, 'who' | 'what' | 'saw'>): string {
  const shown = said(saw).replace(/^T0, (?=hook linked)/, '');
  if (everyDetail.value) return sentenceOfStep(who, what, shown);
  const [label = '', place] = what.split(' ');
  const plain = PLAIN_STEPS[label];
  const rest = shown.replace('hook linked', 'hook on').replace('hook unlinked', 'hook off').replace(/^T0$/, '');
  if (plain === undefined) return sentenceOfStep(who, what, rest);
  const isOver = label === 'sleep' && rest.includes('hook off');
  const does = isOver ? 'finds nothing left to do' : plain.replace('{c}', placeWords(place));
  // A write that reads: what the hook does is told as a step of the guest's.
  const why = /^g\d/.test(who) && /^copy\.(?:read|took)$/.test(label) ? ', to save it' : '';
  return `${capital(nameOfWho(who))} ${does}${why}${rest === '' ? '' : ` → ${rest}`}`;
}
