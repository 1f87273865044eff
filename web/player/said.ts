/** What the player says of a step, without words that the lesson at hand has not come to yet. */
import { signal } from '@preact/signals';
import type { RunStep } from '../../src/run/run.ts';
import { sentenceOfStep } from '../../src/run/step-words.ts';

/** Parts of texts that are left out. */
export const unsaid = signal<readonly string[]>([]);

export const said = (text: string): string => unsaid.value.reduce((rest, part) => rest.replaceAll(part, ''), text);

/** That it is T0 the words of the step say already. */
export const sentenceOf = ({ who, what, saw }: Pick<RunStep, 'who' | 'what' | 'saw'>): string =>
  sentenceOfStep(who, what, said(saw).replace(/^T0, (?=hook linked)/, ''));
