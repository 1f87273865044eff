/** Missing in an increment: what the disk at T0 and the backup before have differently was taken for clean, or copied by nobody. */
import { SKIPPED } from '../../../model/job/bitmap.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { lastChange, lastStore, stepOfT0 } from '../story/provenance.ts';
import { type Story, clusterOf } from '../story/story.ts';
import { nameOfWho, sentences } from '../story/words.ts';
import { notStored } from './not-stored.ts';
import { completesNow } from './snapshot.ts';

export function missingInIncrement(story: Story): Facts | null {
  const { property, sector } = story.violation;
  if (property !== 'snapshot-kept' || sector === undefined || story.disk.previous === null) return null;
  const isStored = lastStore(story, sector, story.steps.length) !== null;
  return leftOut(story, sector) ?? (completesNow(story) && !isStored ? notStored(story, sector) : null);
}

/** @returns null if the job did not leave the sector out */
function leftOut(story: Story, sector: number): Facts | null {
  const { job, source, sourceNode } = story.disk;
  const { dirty } = sourceNode;
  const t0 = stepOfT0(story);
  if (dirty === null || t0 === null) return null;
  const cluster = clusterOf(story, sector);
  const mark = story.footprints.lastWrite(job.copied.cellOf(cluster), story.steps.length);
  if (mark === null || mark.value !== SKIPPED) return null;
  const change = lastChange(story, source, sector, t0.n);
  const successor = story.footprints.lastWrite(dirty.busyCell, t0.n);
  const who = change === null ? null : nameOfWho(change.who);
  const isEarly = successor !== null && successor.step < t0.n;
  const changed = change === null ? '' : `although ${who} had changed sector ${sector} at step ${change.n}, `;
  const made = isEarly
    ? `the job created its bitmap's successor at step ${successor.step}, before T0 (step ${t0.n}), and later writes are recorded there`
    : '';
  return {
    shape: 'never stored',
    sector,
    sentence: sentences(
      made,
      `cluster ${cluster} is clean in the bitmap of this increment, ${changed}so the job skipped it at step ${mark.step}`,
      isEarly
        ? 'the successor should have been created at T0'
        : 'everything that differs from the previous backup should have been dirty at T0',
    ),
    guilty: inOrder([
      isEarly ? { step: successor.step, note: "the job creates its bitmap's successor" } : null,
      change === null ? null : { step: change.n, note: `${who} changes sector ${sector}` },
      { step: mark.step, note: `the job skips cluster ${cluster}` },
    ]),
    order: isEarly
      ? { first: { step: t0.n, text: 'T0' }, second: { step: successor.step, text: "the job creates its bitmap's successor" } }
      : null,
  };
}
