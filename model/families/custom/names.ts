/** The names of the steps that a custom job declares. They are known before any machine is built. */
import { type StepName, defineAboutNothing, defineStep, stepNamed } from '../../kernel/step.ts';
import { meaning } from '../../meaning.ts';
import type { Job } from './job.ts';
import { JobError } from './job-error.ts';

/** A step of a job's own: about a cluster, and about none. */
interface Own {
  readonly ofCluster: StepName;
  readonly ofNothing: StepName | null;
}

/** Names of all jobs that were ever made known; jobs may share them. */
const own = new Map<string, Own>();

const waitLabel = (queue: string): string => `wait.${queue}`;

export function defineNames(name: string, { queues = {}, steps = [] }: Job): void {
  for (const queue of Object.keys(queues)) define(name, waitLabel(queue), 'woken');
  for (const step of steps) define(name, step, 'always');
}

/** The step in which one waits in a queue. */
export const waitStep = (queue: string): StepName => own.get(waitLabel(queue))!.ofCluster;

/** @param hasCluster whether it is about a cluster @returns null: the job has not declared it */
export function ownStep(step: string, hasCluster: boolean): StepName | null {
  const known = own.get(step);
  return (hasCluster ? known?.ofCluster : known?.ofNothing) ?? null;
}

function define(name: string, label: string, guard: StepName['guard']): void {
  const known = own.get(label)?.ofCluster;
  if (known?.guard === guard) return;
  if (known !== undefined || stepNamed(label) !== null)
    throw new JobError(`${name}: a step is already called "${label}", and means something else`);
  try {
    const ofCluster = meaning(defineStep(label, 'cluster', { guard }), { words: label });
    own.set(label, { ofCluster, ofNothing: guard === 'always' ? meaning(defineAboutNothing(ofCluster), { words: label }) : null });
  } catch (error) {
    throw new JobError(`${name}: ${(error as Error).message.split(':')[0]!}; jobs have declared too many`);
  }
}
