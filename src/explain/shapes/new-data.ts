/**
 * Too early, too late, and decided, slept, then read: the backup, or who reads it, shows what a guest has
 * written since T0.
 */
import { NO_ERROR, errnoOf } from '../../../model/block/errors.ts';
import type { Requester } from '../../../model/block/requester.ts';
import { type StepIo, ioOf } from '../../../model/meaning.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Passage, passageOf } from './past-the-hook.ts';
import { lastLanding, lastStore, taking } from '../story/provenance.ts';
import { type Story, type StoryStep, clusterOf, clusterOfStep, coroutineOf, lastStep, stepAt } from '../story/story.ts';
import { didTo, doneTo, kindOf, nameOfWho, sentences } from '../story/words.ts';

/** Nothing is in the target, and the place that it would be read from has changed. */
export function tooEarly(story: Story, sector: number): Facts | null {
  const landing = lastLanding(story, sector, story.steps.length);
  if (landing === null) return null;
  const passage = passageOf(story, landing, sector, null);
  if (passage?.mark !== undefined) return markedOnly(story, sector, landing, passage, passage.mark);
  const cluster = clusterOf(story, sector);
  const { got, expected } = story.verdict;
  const did = `${landing.who} ${didTo(story, landing.who)} sector ${sector} at step ${landing.n}`;
  return {
    shape: 'too early',
    sector,
    sentence: sentences(
      `${did}, before cluster ${cluster} was copied${becauseOf(passage)}`,
      `the backup now shows ${got} instead of ${expected}`,
      passage?.should ?? 'the old data should have been copied to the target first',
    ),
    guilty: inOrder([
      ...(passage?.guilty ?? []),
      { step: landing.n, note: `${landing.who}'s ${kindOf(story, landing.who)} lands: cluster ${cluster} is not copied yet` },
    ]),
    order: passage?.order ?? {
      first: { step: null, text: `the old data of cluster ${cluster} is stored in the target` },
      second: { step: landing.n, text: landingOf(story, landing) },
    },
  };
}

/** It went by the mark, and there was nothing behind the mark. */
function markedOnly(story: Story, sector: number, landing: StoryStep, { guilty }: Passage, mark: number): Facts {
  const cluster = clusterOf(story, sector);
  const failed = lastStep(story, landing.n, (step) => step.fault !== NO_ERROR && clusterOfStep(story, step) === cluster);
  const errno = failed === null ? '' : ` (its copy failed with ${errnoOf(failed.fault)} at step ${failed.n})`;
  const did = `${landing.who} ${didTo(story, landing.who)} sector ${sector} at step ${landing.n}`;
  return {
    shape: 'marked but not there',
    sector,
    sentence: sentences(
      `cluster ${cluster} was marked as copied at step ${mark}, but nothing was stored${errno}`,
      `so it was not copied when ${did}, and the backup now shows ${story.verdict.got} instead of ${story.verdict.expected}`,
      'a cluster should be marked only after the target has its data',
    ),
    guilty: inOrder([
      failed === null ? null : { step: failed.n, note: `${nameOfWho(failed.who)}'s copy fails with ${errnoOf(failed.fault)}` },
      ...guilty,
      { step: landing.n, note: `${landing.who}'s ${kindOf(story, landing.who)} lands: cluster ${cluster} is not copied yet` },
    ]),
    order: {
      first: { step: null, text: `cluster ${cluster} is stored in the target` },
      second: { step: mark, text: `cluster ${cluster} is marked as copied` },
    },
  };
}

/** A copy has stored it, and it was new when the copy took it. @param store the step that stored it */
export function tooLate(story: Story, sector: number, store: StoryStep): Facts | null {
  const took = taking(story, store, sector, store.n);
  const landing = took === null ? null : lastLanding(story, sector, took.n);
  if (took === null || landing === null) return null;
  const passage = passageOf(story, landing, sector, took);
  const who = `${nameOfWho(store.who)}'s copy`;
  return {
    shape: 'too late',
    sector,
    sentence: sentences(
      `${who} did not read sector ${sector} until step ${took.n}, after ${landing.who} had ${doneTo(story, landing.who)} it at ` +
        `step ${landing.n}, so it stored ${story.verdict.got} in the backup instead of ${story.verdict.expected}`,
      passage === null ? '' : `nothing held ${landing.who} back, because ${passage.because}`,
      passage?.should ?? `${landing.who} should have waited until that copy had read the old data`,
    ),
    guilty: inOrder([
      ...(passage?.guilty ?? []),
      { step: landing.n, note: `${landing.who}'s ${kindOf(story, landing.who)} lands on sector ${sector}` },
      { step: took.n, note: `${who} reads the sector only now: too late` },
    ]),
    order: passage?.order ?? orderOf(story, took, landing),
  };
}

const isLookup = (io: StepIo | null): boolean => io?.by === 'reader' && io.phase === 'submit';

const lookupOf = (story: Story, { who, n }: StoryStep): StoryStep | null =>
  lastStep(story, n, (one) => one.who === who && isLookup(ioOf(one.step)));

/** Where a reader decided to read from the disk what it has taken there: in the lookup, or before it for several sectors at once. */
function decisionOf(story: Story, took: StoryStep): StoryStep | null {
  const cell = story.disk.job.decisionCell(coroutineOf(story, took) as Requester);
  if (cell === null) return lookupOf(story, took);
  const write = story.footprints.lastWrite(cell, took.n);
  return write === null ? null : stepAt(story, write.step);
}

/** A reader of the point in time got what is not of T0. The last step is the one that read it, or, in a custom job, returned it. */
export function readTooLate(story: Story, sector: number): Facts | null {
  const last = story.steps.at(-1)!;
  const took = taking(story, last, sector, last.n);
  const landing = took === null ? null : lastLanding(story, sector, took.n);
  if (took === null || landing === null) return null;
  const look = decisionOf(story, took);
  if (look === null || landing.n < look.n) return null;
  const did = `at step ${landing.n}, ${landing.who} ${didTo(story, landing.who)} that sector`;
  return {
    shape: 'decided, slept, then read',
    sector,
    sentence: sentences(
      `at step ${look.n}, ${took.who} decided to read sector ${sector} of the backup from the disk, but did not read it until ` +
        `step ${took.n}`,
      `${did}, so ${took.who} got ${story.verdict.got} instead of ${story.verdict.expected}`,
      `${landing.who} should have waited until ${took.who} had read the sector`,
    ),
    guilty: inOrder([
      { step: look.n, note: `${took.who} decides to read sector ${sector} from the disk` },
      { step: landing.n, note: `${landing.who}'s ${kindOf(story, landing.who)} lands there: it should have waited for ${took.who}` },
      { step: took.n, note: `${took.who} reads sector ${sector} from the disk, too late` },
    ]),
    order: orderOf(story, took, landing),
  };
}

/** A reader looked on the disk, where a guest had written already, although the target had the copy. */
export function readWrongPlace(story: Story, sector: number): Facts | null {
  const took = story.steps.at(-1)!;
  const landing = lastLanding(story, sector, took.n);
  const decision = decisionOf(story, took);
  const look = lookupOf(story, took);
  const store = lastStore(story, sector, took.n);
  if (landing === null || decision === null || look === null || store === null) return null;
  if (!(store.n < landing.n && landing.n < decision.n)) return null;
  return {
    shape: 'read from the wrong place',
    sector,
    sentence: sentences(
      `at step ${look.n}, ${took.who} looked for sector ${sector} of the backup on the disk, after ${landing.who} had ` +
        `${doneTo(story, landing.who)} it at step ${landing.n}, so ${took.who} got ${story.verdict.got} instead of ` +
        `${story.verdict.expected}`,
      `the copy had been in the target since step ${store.n} and should have been read from there`,
    ),
    guilty: inOrder([
      { step: store.n, note: `the copy of sector ${sector} lands in the target` },
      { step: landing.n, note: `${landing.who}'s ${kindOf(story, landing.who)} lands on the disk` },
      { step: look.n, note: `${took.who} still looks on the disk` },
      { step: took.n, note: `${took.who} gets what ${landing.who} wrote` },
    ]),
    order: null,
  };
}

const becauseOf = (passage: Passage | null): string => (passage === null ? '' : `, because ${passage.because}`);

const landingOf = (story: Story, { who }: StoryStep): string => `${who}'s ${kindOf(story, who)} lands`;

const orderOf = (story: Story, took: StoryStep, landing: StoryStep): Facts['order'] => ({
  first: { step: took.n, text: `${nameOfWho(took.who)} reads the sector` },
  second: { step: landing.n, text: landingOf(story, landing) },
});
