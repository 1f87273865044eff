/** Missing in the bitmap: the next increment leaves out what the backup does not have, for its bit is in no bitmap. */
import { NO_ERROR, printError } from '../../../model/block/errors.ts';
import { roleOf } from '../../../model/meaning.ts';
import { NEXT_INCREMENT } from '../../../properties/next-increment.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Story, type StoryStep, clusterOf, lastStep, stepAt } from '../story/story.ts';
import { sentences } from '../story/words.ts';

export function missingBit(story: Story): Facts | null {
  const { property, sector } = story.violation;
  const { dirty } = story.disk.sourceNode;
  if (property !== NEXT_INCREMENT || sector === undefined || dirty === null) return null;
  const stored = storedTooEarly(story, sector);
  if (stored !== null) return stored;
  const settling = story.footprints.lastWrite(dirty.busyCell, story.steps.length);
  if (settling === null) return null;
  const settled = stepAt(story, settling.step);
  return lateCopy(story, sector, settled) ?? neverHadOne(story, sector, settled);
}

/** QEMU quit, and stored the bitmap before all bits were in it that the next increment needs. */
function storedTooEarly(story: Story, sector: number): Facts | null {
  const quit = lastStep(story, story.steps.length, ({ step }) => roleOf(step) === 'quits');
  const restart = lastStep(story, story.steps.length, ({ step }) => roleOf(step) === 'restarts');
  if (quit === null || restart === null) return null;
  const cluster = clusterOf(story, sector);
  const isHeld = story.footprints.lastWrite(story.disk.sourceNode.dirty!.busyCell, quit.n)?.value === 1;
  return {
    shape: 'missing in the bitmap',
    sector,
    sentence: sentences(
      `QEMU was told to quit at step ${quit.n} and stored the bitmap at once, ` +
        `${isHeld ? 'while the job still held it' : 'before the requests in flight had ended'}, without a bit for cluster ${cluster}`,
      `after the restart at step ${restart.n}, the next increment therefore skips cluster ${cluster}`,
      'the bitmap should have been stored after all jobs and requests had ended',
    ),
    guilty: inOrder([
      { step: quit.n, note: 'QEMU stores the bitmap' },
      { step: restart.n, note: 'it restarts with that bitmap' },
    ]),
    order: null,
  };
}

/** A copy that was under way when the bitmap was synchronized, and failed behind it. */
function lateCopy(story: Story, sector: number, settled: StoryStep): Facts | null {
  const { job } = story.disk;
  const cluster = clusterOf(story, sector);
  const back = story.footprints.lastWrite(job.copied.cellOf(cluster), story.steps.length);
  if (back === null || back.step <= settled.n || back.value !== 0) return null;
  const failed = stepAt(story, back.step);
  const struck = lastStep(story, failed.n, ({ who, fault }) => who === failed.who && fault !== NO_ERROR);
  const how = struck === null ? '' : ` with ${printError(struck.fault)}`;
  const began = lastStep(story, settled.n, ({ who }) => who === failed.who);
  return {
    shape: 'missing in the bitmap',
    sector,
    sentence: sentences(
      `the job synchronized its bitmap at step ${settled.n}, while ${failed.who}'s copy of cluster ${cluster} was still in flight`,
      `the copy failed${how} at step ${failed.n}, but the bitmap no longer recorded that, so neither the target nor the next ` +
        `increment has cluster ${cluster}`,
      'the job should have synchronized its bitmap after the last copy',
    ),
    guilty: inOrder([
      began === null ? null : { step: began.n, note: `${failed.who}'s copy of cluster ${cluster} is in flight` },
      { step: settled.n, note: 'the job synchronizes its bitmap' },
      { step: failed.n, note: `${failed.who}'s copy of cluster ${cluster} fails` },
    ]),
    order: {
      first: { step: failed.n, text: `${failed.who}'s copy of cluster ${cluster} ends` },
      second: { step: settled.n, text: 'the job synchronizes its bitmap' },
    },
  };
}

function neverHadOne(story: Story, sector: number, settled: StoryStep): Facts {
  const { scenario } = story.trace;
  const { mode, dirty } = scenario.bitmap!;
  const cluster = clusterOf(story, sector);
  const { job } = story.disk;
  const how = job.isRefusedSeen
    ? 'was rolled back with its transaction'
    : job.isCancelledSeen
      ? 'was cancelled'
      : job.resultSeen === NO_ERROR
        ? 'completed'
        : `failed with ${printError(job.resultSeen)}`;
  const why =
    mode === 'on-success' && dirty.includes(cluster)
      ? `cluster ${cluster}, which was dirty before T0, lost its bit, and no backup has its current data`
      : mode === 'never'
        ? `it cleared the bit of cluster ${cluster}, which bitmap-mode never should keep`
        : `it left no bit for cluster ${cluster}, which it had not copied`;
  return {
    shape: 'missing in the bitmap',
    sector,
    sentence: sentences(
      `the job ${how} and synchronized its bitmap (bitmap-mode ${mode}) at step ${settled.n}`,
      `${why}, so the next increment skips the cluster`,
    ),
    guilty: [{ step: settled.n, note: 'the job synchronizes its bitmap' }],
    order: null,
  };
}
