/** The steps of block-copy in miniature. */
import { defineStep } from '../../kernel/step.ts';

export const JOB_START = defineStep('mini.start', 'nothing');

export const WRITE_START = defineStep('mini.write', 'nothing');
export const WRITE_LANDS = defineStep('mini.land', 'nothing');

// A call, of the job or of a guest's write.

/** Waits until one of its tasks is free. */
export const WAIT_FOR_SLOT = defineStep('mini.slot', 'nothing', { guard: 'woken' });
/** A task has been started, and may run before its caller goes on. */
export const SPAWNED = defineStep('mini.spawned', 'cluster');
/** Waits until all its tasks have ended. */
export const WAIT_FOR_TASKS = defineStep('mini.tasks', 'nothing', { guard: 'woken' });
/** Waits for a task of another call, which copies a cluster of this one's range. */
export const WAIT_FOR_OTHER = defineStep('mini.other', 'nothing', { guard: 'woken' });

// A task.

export const TASK_READS = defineStep('mini.read', 'cluster');
export const TASK_STORES = defineStep('mini.store', 'cluster');
export const TASK_ENDS = defineStep('mini.end', 'cluster');
