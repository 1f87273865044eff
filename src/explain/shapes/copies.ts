/** Copied twice, and copied for nothing: what broke is copies-no-more. */
import { COPIED } from '../../../model/job/bitmap.ts';
import { modesInWords, syncOf } from '../../../model/sync.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { lastStore } from '../story/provenance.ts';
import { type Story, type StoryStep, clusterOf, clusterOfStep, lastStep, stepAt } from '../story/story.ts';
import { nameOfWho, sentences } from '../story/words.ts';

export function copiedTooMuch(story: Story): Facts | null {
  const { sector, property } = story.violation;
  if (sector === undefined || property !== 'copies-no-more') return null;
  const again = story.steps.at(-1)!;
  const before = firstStore(story, sector, again);
  return before === null ? forNothing(story, sector, again) : twice(story, sector, before, again);
}

/** The latest store of the sector before this one. */
const firstStore = (story: Story, sector: number, again: StoryStep): StoryStep | null => lastStore(story, sector, again.n - 1);

function twice(story: Story, sector: number, before: StoryStep, again: StoryStep): Facts {
  const cluster = clusterOf(story, sector);
  const bit = story.disk.job.copied.cellOf(cluster);
  const look = story.footprints.lastRead(bit, again.n, ({ step, value }) => stepAt(story, step).who === again.who && value !== COPIED);
  const mark = story.footprints.lastWrite(bit, again.n, ({ value }) => value === COPIED);
  const [first, second] = [nameOfWho(before.who), nameOfWho(again.who)];
  if (look === null) return unasked(story, sector, before, again);
  const lookStep = look.step;
  const copy = before.who === again.who ? `${first} itself` : `${first}'s copy`;
  return {
    shape: 'copied twice',
    sector,
    sentence: sentences(
      `at step ${lookStep}, before ${copy} had ended, ${second} checked whether cluster ${cluster} was copied`,
      `so ${second} stored sector ${sector} again at step ${again.n}, although ${copy} had stored it at step ${before.n}`,
      `${second} should have waited and checked afterwards: a second copy may read what a guest has written since`,
    ),
    guilty: inOrder([
      { step: before.n, note: `${copy} of cluster ${cluster} stores sector ${sector}` },
      { step: lookStep, note: `${second} finds cluster ${cluster} not copied: it should have waited for ${copy}` },
      { step: again.n, note: `${second} stores it again` },
    ]),
    order: {
      first: { step: mark?.step ?? null, text: `${copy} ends, and cluster ${cluster} is marked as copied` },
      second: { step: lookStep, text: `${second} checks the mark` },
    },
  };
}

/** Nobody looked whether the cluster was still to be copied, not even too early. */
function unasked(story: Story, sector: number, before: StoryStep, again: StoryStep): Facts {
  const cluster = clusterOf(story, sector);
  const own = story.steps.filter(({ n, who }) => who === again.who && n <= again.n);
  const goesOn = own.findLast((step) => clusterOfStep(story, step) !== cluster) ?? again;
  const [first, second] = [nameOfWho(before.who), nameOfWho(again.who)];
  return {
    shape: 'copied twice',
    sector,
    sentence: sentences(
      `${second} ${goesOn === again ? '' : `moved on to cluster ${cluster} at step ${goesOn.n} and `}never checked whether ` +
        `${goesOn === again ? `cluster ${cluster}` : 'it'} was copied`,
      `so ${second} stored sector ${sector} again at step ${again.n}, although ${first} had stored it at step ${before.n}`,
      `${second} should have checked every cluster of its request: a second copy may read what a guest has written since`,
    ),
    guilty: inOrder([
      { step: before.n, note: `${first}'s copy of cluster ${cluster} stores sector ${sector}` },
      { step: goesOn.n, note: `${second} moves on to cluster ${cluster} without checking whether it is copied` },
      { step: again.n, note: `${second} stores it again` },
    ]),
    order: {
      first: { step: null, text: `${second} checks whether cluster ${cluster} is copied` },
      second: { step: goesOn.n, text: `${second} begins to copy it` },
    },
  };
}

function forNothing(story: Story, sector: number, stored: StoryStep): Facts {
  const cluster = clusterOf(story, sector);
  const asked = lastStep(
    story,
    stored.n,
    (step) => step.who === stored.who && step.saw.startsWith('unallocated') && clusterOfStep(story, step) === cluster,
  );
  const { mode } = story.trace.scenario;
  const who = nameOfWho(stored.who);
  const found = asked === null ? '' : `, although ${who} had found the cluster unallocated at step ${asked.n}`;
  const { selects } = syncOf(mode);
  const reason =
    selects === 'none'
      ? `a ${modesInWords([mode])} backup copies only what a guest overwrites`
      : selects === 'dirty'
        ? `the cluster was clean in the bitmap at T0, so the previous backup has it`
        : `the backup has the same backing file, so ${modesInWords([mode])} copies an unallocated cluster only when a guest overwrites it`;
  return {
    shape: 'copied for nothing',
    sector,
    sentence: sentences(`${who} copied cluster ${cluster} at step ${stored.n}${found}`, `it should have skipped the cluster: ${reason}`),
    guilty: inOrder([
      asked === null ? null : { step: asked.n, note: `${who} finds cluster ${cluster} unallocated` },
      { step: stored.n, note: `${who} copies it anyway` },
    ]),
    order: null,
  };
}
