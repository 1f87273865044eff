/** The steps of the backup job and of copies, by the names that traces have for them. */
import { type StepIo, defineStep } from '../kernel/step.ts';
import type { AdmitSteps, IoSteps } from '../block/node.ts';

// The job, from its start to its end.

export const JOB_START = defineStep('start', 'nothing');
export const START_DRAIN = defineStep('start.drain', 'nothing', { guard: 'woken' });
export const FIRST_YIELD = defineStep('start.later', 'nothing');
export const SLEEP = defineStep('sleep', 'cluster', { guard: 'timed' });
export const SLEEP_AT_LIMIT = defineStep('sleep.limit', 'cluster', { guard: 'timed' });
export const PAUSED = defineStep('paused', 'cluster', { guard: 'woken' });
export const PARK = defineStep('park', 'nothing', { guard: 'woken' });
export const DRAIN_COPIES = defineStep('drain.copies', 'nothing', { guard: 'woken' });
export const CLOSE_DRAIN = defineStep('close.drain', 'nothing', { guard: 'woken' });
export const CLOSE = defineStep('close', 'nothing');

/** What is allocated: the job asks before it copies; a copy asks (without the rule topDecidesOnce) once it holds the cluster. */
export const ASK = defineStep('ask', 'sector');
export const COPY_ASK = defineStep('copy.ask', 'sector');

// A copy.

export const WAIT = defineStep('wait', 'cluster', { guard: 'woken' });
export const ADMIT: AdmitSteps = {
  queued: defineStep('copy.queue', 'sector', { guard: 'woken' }),
  throttled: defineStep('copy.throttle', 'sector'),
  overlapping: defineStep('copy.overlap', 'sector', { guard: 'woken' }),
};
export const READ = io('copy', 'read', 'copy.read', 'copy.took', 'copy.data');
export const STORE = io('copy', 'write', 'copy.store', 'copy.land', 'copy.done');
export const STORE_ZEROES = io('copy', 'zero', 'copy.zero', 'copy.zero.land', 'copy.zero.done');

// A reader of the point in time.

export const READER = io('reader', 'read', 'readT0.look', 'readT0.took', 'readT0.done');

function io(by: StepIo['by'], kind: StepIo['kind'], submit: string, effect: string, complete: string): IoSteps {
  return {
    submit: defineStep(submit, 'sector', { io: { by, kind, phase: 'submit' } }),
    effect: defineStep(effect, 'effect', { io: { by, kind, phase: 'effect' } }),
    complete: defineStep(complete, 'sector', { io: { by, kind, phase: 'complete' } }),
  };
}
