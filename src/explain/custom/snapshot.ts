/** snapshot-kept is broken by a custom job. */
import { COPIED } from '../../../model/job/bitmap.ts';
import { JobState } from '../../../model/job/job-status.ts';
import { NO_ERROR, errnoOf } from '../../../model/block/errors.ts';
import { ioOf } from '../../../model/meaning.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { lastLanding, lastStore, taking } from '../story/provenance.ts';
import { type Story, type StoryStep, clusterOf, clusterOfStep, lastStep } from '../story/story.ts';
import { didTo, doneTo, kindOf, nameOfWho, sentences } from '../story/words.ts';
import { whyPassed } from './why-passed.ts';

export function customSnapshot(story: Story): Facts | null {
  const { sector, got, property } = story.violation;
  if (sector === undefined || property !== 'snapshot-kept') return null;
  const store = lastStore(story, sector, story.steps.length);
  if (store !== null) return storedNew(story, sector, store) ?? storedOther(story, sector, store);
  const { status } = story.disk.job;
  const hasEnded =
    status.stateSeen === JobState.completed &&
    story.footprints.lastWrite(status.stateCell, story.steps.length)!.step === story.steps.length;
  return hasEnded && got === undefined ? neverStored(story, sector) : overwritten(story, sector);
}

/** A guest's change landed, and no copy had stored the sector. */
function overwritten(story: Story, sector: number): Facts | null {
  const landing = lastLanding(story, sector, story.steps.length);
  if (landing === null) return null;
  const passage = whyPassed(story, landing, sector, null);
  const cluster = clusterOf(story, sector);
  const { got, expected } = story.verdict;
  return {
    shape: 'too early',
    sector,
    sentence: sentences(
      `${landing.who} ${didTo(story, landing.who)} sector ${sector} at step ${landing.n} before any copy had stored it, so the ` +
        `backup now shows ${got} instead of ${expected}`,
      passage === null ? '' : `nothing held ${landing.who} back, because ${passage.because}`,
      passage?.should ?? 'the old data should have been copied to the target first',
    ),
    guilty: inOrder([
      ...(passage?.guilty ?? []),
      { step: landing.n, note: `${landing.who}'s ${kindOf(story, landing.who)} lands: no copy has stored cluster ${cluster}` },
    ]),
    order: passage?.order ?? {
      first: { step: null, text: `the old data of cluster ${cluster} is stored in the target` },
      second: { step: landing.n, text: `${landing.who}'s ${kindOf(story, landing.who)} lands` },
    },
  };
}

/** A copy has stored what a guest had written since T0. */
function storedNew(story: Story, sector: number, store: StoryStep): Facts | null {
  const took = taking(story, store, sector, store.n);
  const landing = took === null ? null : lastLanding(story, sector, took.n);
  if (took === null || landing === null || ioOf(store.step)?.kind === 'zero') return null;
  const passage = whyPassed(story, landing, sector, took);
  const { got, expected } = story.verdict;
  return {
    shape: 'too late',
    sector,
    sentence: sentences(
      `${nameOfWho(store.who)}'s copy did not read sector ${sector} until step ${took.n}, after ${landing.who} had ` +
        `${doneTo(story, landing.who)} it at step ${landing.n}, so it ` +
        `stored ${got} in the backup at step ${store.n} instead of ${expected}`,
      passage === null ? '' : `nothing held ${landing.who} back, because ${passage.because}`,
      passage?.should ?? `${landing.who} should have waited until that copy had read the old data`,
    ),
    guilty: inOrder([
      ...(passage?.guilty ?? []),
      { step: landing.n, note: `${landing.who}'s ${kindOf(story, landing.who)} lands on sector ${sector}` },
      { step: took.n, note: `${nameOfWho(took.who)}'s copy reads the sector only now: too late` },
    ]),
    order: passage?.order ?? {
      first: { step: took.n, text: `${nameOfWho(took.who)} reads the sector` },
      second: { step: landing.n, text: `${landing.who}'s ${kindOf(story, landing.who)} lands` },
    },
  };
}

/** What a copy stored is neither of T0 nor a guest's: zeroes, or a buffer without the data. */
function storedOther(story: Story, sector: number, store: StoryStep): Facts {
  const { got, expected } = story.verdict;
  const cluster = clusterOf(story, sector);
  const isZeroes = ioOf(store.step)?.kind === 'zero';
  const failed = lastStep(
    story,
    store.n,
    (step) => step.who === store.who && step.fault !== NO_ERROR && clusterOfStep(story, step) === cluster,
  );
  const took = taking(story, store, sector, store.n);
  const after = failed === null ? '' : `, after its copy of cluster ${cluster} got ${errnoOf(failed.fault)} at step ${failed.n}`;
  const had =
    took === null ? `it had not read the sector before` : `what it had read of the sector at step ${took.n} was not what it stored`;
  return {
    shape: 'stored something else',
    sector,
    sentence: sentences(
      `${nameOfWho(store.who)} stored ${isZeroes ? 'zeroes' : got} for sector ${sector} at step ${store.n} instead of ` +
        `${expected}${after}`,
      had,
      'a copy should store what the disk held at T0',
    ),
    guilty: inOrder([
      failed === null ? null : { step: failed.n, note: `${nameOfWho(failed.who)} gets ${errnoOf(failed.fault)}` },
      { step: store.n, note: `${nameOfWho(store.who)} stores ${isZeroes ? 'zeroes' : got} for sector ${sector}` },
    ]),
    order: null,
  };
}

function neverStored(story: Story, sector: number): Facts {
  const cluster = clusterOf(story, sector);
  const { n } = story.steps.at(-1)!;
  const count = story.footprints.lastWrite(story.disk.job.copied.cellOf(cluster), n, ({ value }) => value === COPIED);
  const failed = lastStep(story, n, (step) => step.fault !== NO_ERROR && clusterOfStep(story, step) === cluster);
  return {
    shape: 'never stored',
    sector,
    sentence: sentences(
      `the job completed at step ${n}, but no copy had stored sector ${sector}` +
        (count === null ? '' : `, although cluster ${cluster} was counted at step ${count.step}`),
      failed === null ? '' : `${nameOfWho(failed.who)} got ${errnoOf(failed.fault)} there at step ${failed.n}`,
      `cluster ${cluster} should have been copied before the job ended`,
    ),
    guilty: inOrder([
      failed === null ? null : { step: failed.n, note: `${nameOfWho(failed.who)} gets ${errnoOf(failed.fault)}` },
      count === null ? null : { step: count.step, note: `cluster ${cluster} is counted as copied` },
      { step: n, note: 'the job completes' },
    ]),
    order: { first: { step: null, text: `cluster ${cluster} is stored in the target` }, second: { step: n, text: 'the job ends' } },
  };
}
