/** For specs only: what an explanation says, asked of the run itself. */
import type { Requester } from '../../../model/block/requester.ts';
import { JobState } from '../../../model/job/job-status.ts';
import { ioOf } from '../../../model/meaning.ts';
import { type Story, type StoryStep, clusterOf, clusterOfStep, coroutineOf, stepAt } from './story.ts';

/** A statement of a sentence, and whether the run says so. */
export type Claim = readonly [pattern: RegExp, holds: (story: Story, ...groups: string[]) => boolean];

const WHO = String.raw`(the \w+|\w+)`;
export const claim = (text: string): RegExp => new RegExp(text.replaceAll('WHO', WHO).replaceAll('N', String.raw`(\d+)`), 'g');

export const at = (story: Story, n: string): StoryStep => stepAt(story, Number(n));
export const named = (who: string): string => who.replace(/^the /, '');
export const isBy = (step: StoryStep, who: string): boolean => step.who === named(who);

/** Whether a step changes the cells of a sector in an image. */
export function changes(story: Story, n: string, cell: number): boolean {
  return [...story.footprints.writes(cell, 1)].some(({ step }) => step === Number(n));
}
export const changesSource = (story: Story, n: string, s: string): boolean =>
  changes(story, n, story.experiment.machine.source.dataCell + Number(s));
export const stores = (story: Story, n: string, s: number): boolean => changes(story, n, story.experiment.machine.target.writtenCell + s);
export const storesOf = (story: Story, who: string, cluster: number, upTo: number): boolean =>
  story.steps.slice(0, upTo).some((step) => step.who === named(who) && isStore(step) && clusterOfStep(story, step) === cluster);
export const isStore = ({ step }: StoryStep): boolean => {
  const io = ioOf(step);
  return io?.by === 'copy' && io.kind !== 'read' && io.phase === 'effect';
};
/** Whether a step takes a sector into its requester's buffer. */
export function takes(story: Story, n: string, s: number): boolean {
  const step = at(story, n);
  const io = ioOf(step.step);
  const requester = coroutineOf(story, step) as Requester;
  return (
    io?.phase === 'effect' &&
    io.kind === 'read' &&
    clusterOfStep(story, step) === clusterOf(story, s) &&
    changes(story, n, requester.bufferCell(s))
  );
}
/** Whether any step up to the n-th has stored a sector. */
export const isStored = (story: Story, s: number, n: number): boolean =>
  [...story.footprints.writes(story.experiment.machine.target.writtenCell + s, 1)].some(({ step }) => step <= n);
/** Whether the next step of the same guest sends its request to the disk. */
export const isSubmit = ({ next }: StoryStep): boolean => ioOf(next)?.by === 'guest' && ioOf(next)?.phase === 'submit';
export const sectorAt = ({ violation }: Story): number => violation.sector!;
/** Whether it is the sector that the verdict is about: of another one the same may be so, and says nothing. */
export const isAbout = (story: Story, s: string): boolean => Number(s) === sectorAt(story);
/** What a cell held before a step, by the run's writes alone. */
export function heldBefore(story: Story, cell: number, n: number): number {
  return [...story.footprints.writes(cell, 1)].findLast(({ step }) => step < n)?.value ?? 0;
}
export const writesState = (story: Story, n: string, states: readonly JobState[]): boolean =>
  [...story.footprints.writes(story.experiment.machine.job.status.stateCell, 1)].some(
    ({ step, value }) => step === Number(n) && states.includes(value as JobState),
  );
export const ENDS: readonly JobState[] = [JobState.completed, JobState.cancelled];
