/** The words of steps, which the script does not carry (tools/page/bundle.ts): they come with the data, and go to the names of steps. */
import { stepNames } from '../../model/kernel/step.ts';
import { meaningOf } from '../../model/meaning.ts';

/** By the step's label. */
export type StepWords = Readonly<Record<string, string>>;

export const wordsOfSteps = (): StepWords => Object.fromEntries(stepNames().map(({ index, label }) => [label, meaningOf(index).words]));

/** From here on steps say what they say elsewhere. */
export function tellSteps(told: StepWords): void {
  for (const { index, label } of stepNames()) Object.assign(meaningOf(index), { words: told[label] ?? label });
}
