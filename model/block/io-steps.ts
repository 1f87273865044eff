/** The three steps that every I/O has, named where its requester is (driver.ts runs them). */
import { type At, type StepName, defineStep } from '../kernel/step.ts';
import { type StepIo, meaning } from '../meaning.ts';
import type { IoSteps } from './driver.ts';

/** Of each step its label, and its words (`Meaning.words`). */
export type IoWords = Record<keyof IoSteps, readonly [label: string, words: string]>;

/** @param completeAt what `at` counts in the last step: the others are about a sector */
export function ioSteps(by: StepIo['by'], kind: StepIo['kind'], steps: IoWords, completeAt: At = 'sector'): IoSteps {
  const step = (phase: keyof IoSteps, at: At): StepName => {
    const [label, words] = steps[phase];
    return meaning(defineStep(label, at), { io: { by, kind, phase }, words });
  };
  return { submit: step('submit', 'sector'), effect: step('effect', 'effect'), complete: step('complete', completeAt) };
}
