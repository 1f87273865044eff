/** Wrong count: the job's progress does not add up. */
import { COPIED, SKIPPED } from '../../../model/job/bitmap.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Story, type StoryStep, clusterOfStep, jobAsks } from '../story/story.ts';
import { nameOfWho, plural, sentences } from '../story/words.ts';

/** More of them would say no more. */
const SHOWN_MAX = 3;

interface Done {
  readonly step: number;
  readonly who: string;
  readonly cluster: number;
  readonly how: 'copied' | 'skipped';
}

export function wrongCount(story: Story): Facts | null {
  if (story.violation.property !== 'progress-adds-up') return null;
  const counted = new Set([...story.footprints.writes(story.disk.job.status.offsetCell, 1)].map(({ step }) => step));
  const done = doneSteps(story);
  const right = new Set(done.filter(({ step }) => counted.has(step)).map(({ cluster }) => cluster));
  const forgotten = done.filter(({ cluster }, i) => !right.has(cluster) && done.findIndex((other) => other.cluster === cluster) === i);
  return forgotten.length > 0 && story.verdict.detail.includes('ended at') ? notCounted(story, forgotten) : countedWrong(story);
}

/** Where clusters were done: copied, or passed over because nothing is allocated in them. */
function doneSteps(story: Story): Done[] {
  const { copied, clusters } = story.disk.job;
  const marks = [...story.footprints.writes(copied.cellOf(0), clusters)].filter(({ value }) => value === COPIED || value === SKIPPED);
  const marked = marks.map(({ step, cell, value }): Done => ({
    step,
    who: story.steps[step - 1]!.who,
    cluster: cell - copied.cellOf(0),
    how: value === COPIED ? 'copied' : 'skipped',
  }));
  const skipped = story.steps
    .filter((asked) => jobAsks(asked) && asked.saw.startsWith('unallocated') && !staysAt(story, asked))
    .map(({ n, who, step }): Done => ({ step: n, who, cluster: clusterOfStep(story, { step })!, how: 'skipped' }));
  return [...marked, ...skipped];
}

/** Whether the job goes on with the same cluster: it asks about the rest of it, or copies it. */
function staysAt(story: Story, { step, next }: StoryStep): boolean {
  const cluster = clusterOfStep(story, { step: next });
  return cluster !== null && cluster === clusterOfStep(story, { step });
}

function notCounted(story: Story, forgotten: readonly Done[]): Facts {
  const [first] = forgotten as [Done, ...Done[]];
  const more = forgotten.length === 1 ? '' : ` (and ${forgotten.length - 1} more)`;
  return {
    shape: 'wrong count',
    sector: null,
    sentence: sentences(
      `${nameOfWho(first.who)} ${first.how} cluster ${first.cluster} at step ${first.step}${more} and did not ` +
        `count it, so ${story.verdict.detail}`,
      'every cluster that is copied or skipped should count',
    ),
    guilty: inOrder(
      forgotten.slice(0, SHOWN_MAX).map(({ step, who, cluster, how }) => ({
        step,
        note: `${nameOfWho(who)} has ${how} cluster ${cluster}, but the progress does not move`,
      })),
    ),
    order: null,
  };
}

function countedWrong(story: Story): Facts {
  const last = story.steps.at(-1)!;
  const { job } = story.disk;
  const isPastTheEnd = job.status.offsetSeen > job.sectors;
  const what = isPastTheEnd
    ? `at step ${last.n}, ${nameOfWho(last.who)} set the progress to ${plural(job.status.offsetSeen, 'sector')} on a disk of ${job.sectors}`
    : `${story.verdict.detail}, at step ${last.n}`;
  const should = isPastTheEnd
    ? 'each cluster should count once, and the last one only up to the end of the disk'
    : 'each cluster that is copied or skipped should count exactly once';
  return {
    shape: 'wrong count',
    sector: null,
    sentence: sentences(what, should),
    guilty: [{ step: last.n, note: `the progress is at ${plural(job.status.offsetSeen, 'sector')}` }],
    order: null,
  };
}
