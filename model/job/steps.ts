/** The steps of the backup job and of copies, by the names that traces have for them. */
import type { AdmitSteps } from '../block/node.ts';
import { ioSteps } from '../block/io-steps.ts';
import { defineStep } from '../kernel/step.ts';
import { meaning } from '../meaning.ts';

// The job, from its start to its end.

export const JOB_START = meaning(defineStep('start', 'nothing'), { role: 'takesPoint', words: 'begins the backup: this instant is T0' });
export const START_DRAIN = meaning(defineStep('start.drain', 'nothing', { guard: 'woken' }), {
  role: 'drainsBeforePoint',
  words: 'continues its start, now that the requests it waited for are over',
});
export const FIRST_YIELD = meaning(defineStep('start.later', 'nothing'), { role: 'finishesStart', words: 'continues its start' });
export const SLEEP = meaning(defineStep('sleep', 'cluster', { guard: 'timed' }), {
  role: 'goesToCluster',
  words: 'wakes up, and goes to {c}',
});
export const SLEEP_AT_LIMIT = meaning(defineStep('sleep.limit', 'cluster', { guard: 'timed' }), {
  role: 'keepsToSpeed',
  words: 'has waited for its speed limit, and goes to {c}',
});
export const PAUSED = meaning(defineStep('paused', 'cluster', { guard: 'woken' }), {
  role: 'isPaused',
  words: 'was paused, and continues at {c}',
});
export const PARK = meaning(defineStep('park', 'nothing', { guard: 'woken' }), {
  role: 'isParked',
  words: 'was waiting for its cancel or a resume, and looks what there is to do',
});
export const DRAIN_COPIES = meaning(defineStep('drain.copies', 'nothing', { guard: 'woken' }), {
  role: 'drainsCopies',
  words: 'continues, now that the copies in flight are over',
});
export const CLOSE_DRAIN = meaning(defineStep('close.drain', 'nothing', { guard: 'woken' }), {
  role: 'drainsRequests',
  words: 'continues, now that the requests in flight are over',
});
export const CLOSE = meaning(defineStep('close', 'nothing'), { role: 'closes', words: 'closes the target and sends its event' });

/** What is allocated: the job asks before it copies; a copy asks (without the rule topDecidesOnce) once it holds the cluster. */
export const ASK = meaning(defineStep('ask', 'sector'), {
  role: 'asksAllocation',
  words: 'asks whether the disk has {c} allocated',
});
export const COPY_ASK = meaning(defineStep('copy.ask', 'sector'), {
  role: 'asksAllocation',
  inCopy: true,
  words: 'asks, for its copy, what is allocated in {c}',
});

// A copy.

export const WAIT = meaning(defineStep('wait', 'cluster', { guard: 'woken' }), {
  role: 'waitsForCopy',
  inCopy: true,
  words: 'wakes up, and checks again for copies of {c}',
});
export const ADMIT: AdmitSteps = {
  queued: meaning(defineStep('copy.queue', 'sector', { guard: 'woken' }), {
    role: 'waitsInLine',
    inCopy: true,
    words: 'has waited in line with its copy of {c}',
  }),
  throttled: meaning(defineStep('copy.throttle', 'sector'), {
    role: 'waitsForLimit',
    inCopy: true,
    words: 'has waited for the I/O limit with its copy of {c}',
  }),
  overlapping: meaning(defineStep('copy.overlap', 'sector', { guard: 'woken' }), {
    role: 'waitsForRequest',
    inCopy: true,
    words: 'has waited with its copy of {c} for a request on the same sectors',
  }),
};
export const READ = ioSteps('copy', 'read', {
  submit: ['copy.read', 'asks the disk for the data of {c}, to copy it'],
  effect: ['copy.took', 'takes the data of {c} from the disk'],
  complete: ['copy.data', 'has the data of {c}'],
});
export const STORE = ioSteps('copy', 'write', {
  submit: ['copy.store', 'sends the copy of {c} to the target'],
  effect: ['copy.land', 'has its copy of {c} land in the target'],
  complete: ['copy.done', 'ends its copy of {c}'],
});
export const STORE_ZEROES = ioSteps('copy', 'zero', {
  submit: ['copy.zero', 'sends zeroes for {c} to the target'],
  effect: ['copy.zero.land', 'has its zeroes land in {c} of the target'],
  complete: ['copy.zero.done', 'ends its copy of {c}, which was zeroes'],
});

// A reader of the point in time.

export const READER = ioSteps('reader', 'read', {
  submit: ['readT0.look', 'looks where the backup has {c}'],
  effect: ['readT0.took', 'takes {c} from there'],
  complete: ['readT0.done', 'has what it read from the backup'],
});
