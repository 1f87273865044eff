/** Copies of a cluster, told from the steps of a run alone: a custom job marks where it likes. */
import { ioOf, meaningOf } from '../../../model/meaning.ts';
import { ENDED } from '../../../model/kernel/step.ts';
import { type Story, type StoryStep, clusterOfStep, lastStep } from '../story/story.ts';

const isStore = ({ step }: StoryStep): boolean => {
  const io = ioOf(step);
  return io?.by === 'copy' && io.kind !== 'read' && io.phase === 'effect';
};

/** The latest step up to the n-th in which somebody stored something of a cluster. */
export const lastStoreBy = (story: Story, who: string, cluster: number, n: number): StoryStep | null =>
  lastStep(story, n, (step) => step.who === who && isStore(step) && clusterOfStep(story, step) === cluster);

/**
 * The copy of a cluster in which somebody is at the end of the n-th step, by its first step: it has run a step of it, and the next
 * one is of it, too. Null: it copies no such cluster then.
 */
export function copyUnderWay(story: Story, who: string, cluster: number, n: number): StoryStep | null {
  const own = story.steps.slice(0, n).filter((step) => step.who === who);
  const latest = own.at(-1);
  if (latest === undefined || latest.next === ENDED || !isOfCopy(story, latest.next, cluster)) return null;
  let first: StoryStep | null = null;
  for (const step of own.toReversed()) {
    if (!isOfCopy(story, step.step, cluster)) break;
    first = step;
  }
  return first;
}

const isOfCopy = (story: Story, step: StoryStep['step'], cluster: number): boolean =>
  ioOf(step)?.by === 'copy' && meaningOf(step).inCopy && clusterOfStep(story, { step }) === cluster;
