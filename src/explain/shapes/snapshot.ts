/** The backup does not show the disk at T0: which of the shapes it is. */
import { JobState } from '../../../model/backup/job-status.ts';
import type { Facts } from '../facts.ts';
import { lastChange, lastStore } from '../provenance.ts';
import type { Story } from '../story.ts';
import { tooEarly, tooLate } from './new-data.ts';
import { notStored } from './not-stored.ts';
import { wrongTarget } from './wrong-target.ts';

export function snapshotBroken(story: Story): Facts | null {
  const { sector } = story.violation;
  if (sector === undefined) return wrongTarget(story, null);
  const { target, promisedMode, source, job } = story.experiment.machine;
  const store = lastStore(story, sector, story.steps.length);
  if (store !== null) return tooLate(story, sector, store);
  if (!target.isRaw && target.isAllocatedAt(sector)) return wrongTarget(story, sector);
  const hasEnded = job.status.stateSeen === JobState.completed && story.footprints.lastWrite(job.status.stateCell, story.steps.length)!.step === story.steps.length;
  if (!hasEnded) return lastChange(story, source, sector, story.steps.length) === null ? wrongTarget(story, sector) : tooEarly(story, sector);
  const belongsThere = promisedMode === 'full' || (promisedMode === 'top' && story.experiment.properties.snapshotKept.wasAllocated(sector));
  return belongsThere ? notStored(story, sector) : wrongTarget(story, sector);
}
