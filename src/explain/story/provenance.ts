/** Where a value came from: which step wrote it, and which read took it. Told from footprints alone. */
import type { Image } from '../../../model/block/image.ts';
import { Requester } from '../../../model/block/requester.ts';
import { ioOf } from '../../../model/meaning.ts';
import { type Story, type StoryStep, clusterOf, clusterOfStep, coroutineOf, stepAt } from './story.ts';

/** The latest step up to and with the n-th that changed what an image holds at a sector; null: nobody did. */
export function lastChange({ footprints, steps }: Story, image: Image, sector: number, n: number): StoryStep | null {
  const ofData = footprints.lastWrite(image.dataCell + sector, n)?.step ?? 0;
  const ofPlace = image.isRaw ? 0 : (footprints.lastWrite(image.placeCell + Math.floor(sector / image.clusterSectors), n)?.step ?? 0);
  return steps[Math.max(ofData, ofPlace) - 1] ?? null;
}

/** A guest's change of the disk, if the latest up to and with the n-th step was one. */
export function lastLanding(story: Story, sector: number, n: number): StoryStep | null {
  const change = lastChange(story, story.disk.source, sector, n);
  return change !== null && ioOf(change.step)?.by === 'guest' ? change : null;
}

/** The latest step in which a copy stored a sector in the target. */
export function lastStore(story: Story, sector: number, n: number): StoryStep | null {
  const { target } = story.disk;
  const write = story.footprints.lastWrite(target.writtenCell + sector, n);
  return write === null ? null : stepAt(story, write.step);
}

/** The step in which somebody took a sector into the buffer that is in use at the n-th step. */
export function taking(story: Story, who: StoryStep, sector: number, n: number): StoryStep | null {
  const requester = coroutineOf(story, who);
  if (!(requester instanceof Requester)) return null;
  const write = story.footprints.lastWrite(
    requester.bufferCell(sector),
    n,
    // clusters have their place in the buffer one after the other
    ({ step }) =>
      ioOf(stepAt(story, step).step)?.phase === 'effect' && clusterOfStep(story, stepAt(story, step)) === clusterOf(story, sector),
  );
  return write === null ? null : stepAt(story, write.step);
}

/** The step that took T0; null: none did. */
export function stepOfT0(story: Story): StoryStep | null {
  const { status } = story.disk.job;
  for (const { cell, step } of story.footprints.writes(status.stateCell, 1)) if (cell === status.stateCell) return stepAt(story, step);
  return null;
}
