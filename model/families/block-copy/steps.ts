/**
 * The steps of a backup of today that the jobs before it do not have, under the numbers of the reference (qemu-modern). What
 * it has in common with them, such as the I/O of a copy, is in model/job/steps.ts.
 */
import { ioSteps } from '../../block/io-steps.ts';
import { defineStep } from '../../kernel/step.ts';
import { meaning } from '../../meaning.ts';

/** W1: a request of the guest waits in its block backend while the disk is drained. */
export const HELD = meaning(defineStep('held', 'nothing', { guard: 'woken' }), {
  words: 'continues, now that the disk is no longer drained',
});

// The job.

export const COPYING = meaning(defineStep('copying', 'nothing', { guard: 'woken' }), {
  words: 'was waiting for its copies, and looks what there is to do', // J5
});
export const CALL_STOPS = meaning(defineStep('copying.stops', 'nothing', { guard: 'woken' }), {
  words: 'has waited for the copies under way to end', // J6, J7
});
export const CALL_ENTERED = meaning(defineStep('copying.begun', 'nothing'), { words: 'continues, now that its copies are under way' });
export const CALL_ENTERED_AGAIN = meaning(defineStep('copying.again', 'nothing'), {
  words: 'continues, now that its copies are under way again',
});
export const SCAN = meaning(defineStep('scan', 'sector'), {
  role: 'asksAllocation',
  words: 'asks what of the disk is allocated, from {c} on', // J3
});
export const SCAN_PAUSED = meaning(defineStep('scan.paused', 'cluster', { guard: 'woken' }), {
  role: 'isPaused',
  words: 'was paused, and continues its scan at {c}', // J2
});
export const END_LATER = meaning(defineStep('end.later', 'nothing'), {
  role: 'beginsToEnd',
  words: 'begins to end, in the main loop', // E1
});

// A job that a transaction has started.

export const START_NEXT = meaning(defineStep('start.next', 'nothing', { guard: 'unblocked' }), {
  role: 'takesPoint',
  words: 'begins the backup of the next disk of the transaction', // Q2
});
export const START_OTHERS = meaning(defineStep('start.others', 'nothing', { guard: 'unblocked' }), {
  role: 'finishesStart',
  words: 'continues its start, now that all disks of the transaction have their point in time', // Q7
});
export const GROUP_DRAIN = meaning(defineStep('end.drain', 'nothing', { guard: 'woken' }), {
  role: 'drainsRequests',
  words: 'continues, now that no copy can break its snapshot any more',
});
export const GROUP_WAITS = meaning(defineStep('end.group', 'nothing', { guard: 'woken' }), {
  role: 'waitsForGroup',
  words: 'has waited for the other job of its group, and looks whether it may end', // E2
});

// A call of block-copy: the job's, in a coroutine of its own, or a guest's, in the guest's coroutine.

export const CALL_START = meaning(defineStep('call', 'nothing'), { words: 'begins to copy' }); // K1
export const STATUS = meaning(defineStep('copy.status', 'cluster'), {
  asks: true,
  inCopy: true,
  words: 'asks, for its copy, what the disk has in {c}', // K3
});
export const AT_LIMIT = meaning(defineStep('copy.limit', 'cluster', { guard: 'timed' }), {
  role: 'keepsToSpeed',
  words: 'has waited for its speed limit, and goes to {c}', // K6
});
export const WAIT_FOR_SLOT = meaning(defineStep('copy.slot', 'cluster', { guard: 'woken' }), {
  inCopy: true,
  words: 'has waited for one of its copies to end, before that of {c}', // K8
});
export const WAIT_FOR_TASKS = meaning(defineStep('copy.tasks', 'nothing', { guard: 'woken' }), {
  words: 'has waited for its copies to end', // K11
});

// A task, and who reads the point in time.

export const TASK_START = meaning(defineStep('copy.begin', 'cluster'), { inCopy: true, words: 'begins its copy of {c}' }); // T1
export const WAIT_FOR_READERS = meaning(defineStep('copy.readers', 'cluster', { guard: 'woken' }), {
  role: 'waitsForReader',
  inCopy: true,
  words: 'has waited with its copy of {c} for a reader of the backup', // T4
});
export const READER_WAITS = meaning(defineStep('readT0.wait', 'nothing', { guard: 'woken' }), {
  role: 'waitsForStore',
  words: 'has waited for a copy that is being stored in the backup',
});

// Who reads the snapshot-access node, and who waits for such a reader.

export const READ_DISK = ioSteps('reader', 'read', {
  submit: ['snapshot.disk', 'looks where the disk has {c}, frozen, of which no copy is known'], // R2
  effect: ['snapshot.disk.took', 'takes {c} from the disk'],
  complete: ['snapshot.disk.done', 'has what it read from the disk, which is no longer frozen'],
});
export const READ_TARGET = ioSteps('reader', 'read', {
  submit: ['snapshot.copy', 'looks where the target has its copy of {c}'], // R2
  effect: ['snapshot.copy.took', 'takes {c} from the target'],
  complete: ['snapshot.copy.done', 'has what it read from the target'],
});
export const WAIT_FOR_FROZEN = meaning(defineStep('write.frozen', 'nothing', { guard: 'woken' }), {
  role: 'waitsForReader',
  words: 'has waited for a reader of the disk at T0', // W7
});
