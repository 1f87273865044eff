/** Marked but not there, and never stored: the job has ended, and the target has nothing. */
import { CLAIMED, COPIED } from '../../../model/job/bitmap.ts';
import { NO_ERROR, errnoOf } from '../../../model/block/errors.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Story, type StoryStep, clusterOf, clusterOfStep, jobAsks, lastStep } from '../story/story.ts';
import { nameOfWho, sentences } from '../story/words.ts';

export function notStored(story: Story, sector: number): Facts {
  const { footprints, steps } = story;
  const cluster = clusterOf(story, sector);
  const end = steps.length;
  const of = (step: StoryStep): boolean => clusterOfStep(story, step) === cluster;
  const bitCell = story.disk.job.copied.cellOf(cluster);
  const mark = footprints.lastWrite(bitCell, end, ({ value }) => value === COPIED);
  const claim = footprints.lastWrite(bitCell, end);
  const claimed = claim?.value === CLAIMED ? steps[claim.step - 1]! : null;
  const failed = lastStep(story, end, (step) => step.fault !== NO_ERROR && of(step));
  const skipped = lastStep(story, end, (asked) => jobAsks(asked) && asked.saw.startsWith('unallocated') && of(asked));
  const passed = steps.find(({ hasPassed }) => hasPassed);
  const guilty = inOrder([
    failed === null ? null : { step: failed.n, note: `${nameOfWho(failed.who)}'s copy fails with ${errnoOf(failed.fault)}` },
    mark === null ? null : { step: mark.step, note: `cluster ${cluster} is marked as copied, but nothing has been stored` },
    claimed === null ? null : { step: claimed.n, note: `${nameOfWho(claimed.who)} claims cluster ${cluster}` },
    passed === undefined ? null : { step: passed.n, note: passedNote(cluster, skipped === passed) },
  ]);
  const store = { step: null, text: `cluster ${cluster} is stored in the target` };
  const errno = failed === null ? null : `its copy failed with ${errnoOf(failed.fault)} at step ${failed.n}`;
  if (mark !== null) {
    const marked = `it was marked as copied at step ${mark.step}`;
    return {
      shape: 'marked but not there',
      sector,
      sentence: sentences(
        `the job completed, but cluster ${cluster} is not in the target`,
        errno === null
          ? `${marked} and never stored`
          : `${errno}, but the cluster was marked as copied at step ${mark.step}, so the copy was not retried`,
        'a cluster should be marked only after the target has its data',
      ),
      guilty,
      order: { first: store, second: { step: mark.step, text: `cluster ${cluster} is marked as copied` } },
    };
  }
  const why =
    errno !== null
      ? `${errno}, and it was not retried`
      : claimed !== null
        ? `${nameOfWho(claimed.who)} claimed it at step ${claimed.n} and gave it up, and it was not retried`
        : skipped === null
          ? `the job passed it${passed === undefined ? '' : ` at step ${passed.n}`} without copying it`
          : `the job found it unallocated at step ${skipped.n} and skipped it`;
  return {
    shape: 'never stored',
    sector,
    sentence: sentences(
      `the job completed, but sector ${sector} was never stored in the target: ${why}`,
      `cluster ${cluster} should have been copied before the job ended`,
    ),
    guilty,
    order: { first: store, second: { step: end, text: 'the job ends' } },
  };
}

const passedNote = (cluster: number, isSkipped: boolean): string =>
  isSkipped ? `the job finds cluster ${cluster} unallocated and skips it` : `the job passes cluster ${cluster}`;
