/** The step in which a job is started that has a command of its own, while other jobs run. */
import { defineStep } from '../kernel/step.ts';
import { meaning } from '../meaning.ts';

export const START_APART = meaning(defineStep('start.apart', 'nothing', { guard: 'unblocked' }), {
  role: 'takesPoint',
  words: 'begins its backup, by a command of its own',
});
