/** The steps that the example family has besides those of every backup (model/job/steps.ts). */
import type { IoSteps } from '../../block/driver.ts';
import { ioSteps } from '../../block/io-steps.ts';
import { defineStep } from '../../kernel/step.ts';
import { meaning } from '../../meaning.ts';

export const HELD = meaning(defineStep('pool.held', 'nothing', { guard: 'woken' }), { words: 'continues, no longer held back' });
/** Between a look at a cluster and its claim, without the rule claimIsOneStep. */
export const CLAIMS = meaning(defineStep('pool.claim', 'cluster'), { inCopy: true, words: 'is about to claim {c}' });
export const TASK_START = meaning(defineStep('pool.task', 'cluster'), { inCopy: true, words: 'begins to copy {c}' });
export const WAIT_FOR_SLOT = meaning(defineStep('pool.slot', 'cluster', { guard: 'woken' }), { words: 'looks for a free task, for {c}' });
export const WAIT_FOR_TASKS = meaning(defineStep('pool.tasks', 'nothing', { guard: 'woken' }), { words: 'sees a copy end' });
export const WAIT_FOR_READER = meaning(defineStep('pool.reader', 'nothing', { guard: 'woken' }), {
  role: 'waitsForReader',
  words: 'sees a reader of these clusters end',
});
export const [READ_DISK, READ_TARGET] = (['disk', 'target'] as const).map((image) =>
  ioSteps('reader', 'read', {
    submit: [`pool.${image}.look`, `looks where the ${image} has {c}`],
    effect: [`pool.${image}.took`, `takes {c} from the ${image}`],
    complete: [`pool.${image}.done`, `has what it read from the ${image}`],
  }),
) as [IoSteps, IoSteps];
