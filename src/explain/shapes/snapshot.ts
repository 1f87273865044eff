/** The backup does not show the disk at T0: which of the shapes it is. */
import { JobState } from '../../../model/job/job-status.ts';
import type { Facts } from '../story/facts.ts';
import { lastChange, lastStore } from '../story/provenance.ts';
import type { Story } from '../story/story.ts';
import { tooEarly, tooLate } from './new-data.ts';
import { notStored } from './not-stored.ts';
import { wrongTarget } from './wrong-target.ts';

export function snapshotBroken(story: Story): Facts | null {
  const { sector, got } = story.violation;
  if (sector === undefined) return wrongTarget(story, null);
  const { source, target } = story.disk;
  if (target.sameFileAs === source) return wrongTarget(story, sector);
  const hasEnded = completesNow(story);
  if (hasEnded && got === undefined) return notStored(story, sector);
  const store = lastStore(story, sector, story.steps.length);
  if (store !== null) return tooLate(story, sector, store);
  return hasEnded ? missingAtEnd(story, sector) : wrongMeanwhile(story, sector);
}

/** Whether the last step is the one in which the job completed. */
export function completesNow({ disk, footprints, steps }: Story): boolean {
  const { status } = disk.job;
  return status.stateSeen === JobState.completed && footprints.lastWrite(status.stateCell, steps.length)!.step === steps.length;
}

/** The target shows something that no copy has stored there. */
function missingAtEnd(story: Story, sector: number): Facts | null {
  const { selects } = story.disk.promisedSync;
  const belongsThere = selects === 'allocated' && story.oracle.wasAllocated(sector);
  return belongsThere ? notStored(story, sector) : wrongTarget(story, sector);
}

/** No copy has stored it, so it shows from what lies beneath, unless the target had something there, or was filled. */
function wrongMeanwhile(story: Story, sector: number): Facts | null {
  const { target, source, shape } = story.disk;
  const isOwn = story.oracle.shows(sector).place === 'target' && target.isAllocatedAt(sector);
  const change = lastChange(story, source, sector, story.steps.length);
  if (change === null || (isOwn && shape.targetIsBare)) return wrongTarget(story, sector);
  return tooEarly(story, sector);
}
