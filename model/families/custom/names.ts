/** The names of the steps that a custom job declares. They are known before any machine is built. */
import { type StepName, defineStep, stepNamed } from '../../kernel/step.ts';
import { meaning } from '../../meaning.ts';
import type { Job } from './job.ts';
import { JobError } from './job-error.ts';

/** Names of all jobs that were ever made known; jobs may share them. */
const own = new Map<string, StepName>();

const waitLabel = (queue: string): string => `wait.${queue}`;

export function defineNames(name: string, { queues = {}, steps = [] }: Job): void {
  for (const queue of Object.keys(queues)) define(name, waitLabel(queue), 'woken');
  for (const step of steps) define(name, step, 'always');
}

/** The step in which one waits in a queue. */
export const waitStep = (queue: string): StepName => own.get(waitLabel(queue))!;

/** Null: the job has not declared it. */
export const ownStep = (step: string): StepName | null => own.get(step) ?? null;

function define(name: string, label: string, guard: StepName['guard']): void {
  const known = own.get(label);
  if (known?.guard === guard) return;
  if (known !== undefined || stepNamed(label) !== null)
    throw new JobError(`${name}: a step is already called "${label}", and means something else`);
  try {
    own.set(label, meaning(defineStep(label, 'cluster', { guard }), { words: label }));
  } catch (error) {
    throw new JobError(`${name}: ${(error as Error).message.split(':')[0]!}; jobs have declared too many`);
  }
}
