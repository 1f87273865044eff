/** Given up: the point in time is void, by the job's own word or a broken snapshot, and somebody takes it for good all the same. */
import { NO_ERROR, printError } from '../../../model/block/errors.ts';
import { JobState } from '../../../model/job/job-status.ts';
import { roleOf } from '../../../model/meaning.ts';
import { type Facts, type GuiltyStep, inOrder } from '../story/facts.ts';
import { lastLanding, taking } from '../story/provenance.ts';
import { type Story, type StoryStep, lastStep, stepAt } from '../story/story.ts';
import { didTo, kindOf, sentences } from '../story/words.ts';

export function givenUp(story: Story): Facts | null {
  if (story.violation.property !== 'given-up') return null;
  const { status } = story.disk.job;
  const [gave] = [...story.footprints.writes(status.givenUpCell, 1)];
  if (gave === undefined) return null;
  const last = story.steps.at(-1)!;
  const broken = brokenBy(story, gave.step);
  const gives = { step: gave.step, note: broken === null ? 'the job gives up its point in time' : 'the snapshot is broken' };
  const gaveUp = broken ?? `the job gave up its point in time at step ${gave.step}`;
  const job = broken === null ? '' : 'the job ';
  if (status.stateSeen === JobState.completed && last.who === story.disk.job.name)
    return facts(
      [`${gaveUp}, but ${job}completed without an error at step ${last.n}`, 'it should have failed'],
      [gives, { step: last.n, note: 'the job completes without an error' }],
    );
  const began = lastStep(story, last.n, ({ who, step }) => who === last.who && roleOf(step) === 'begins');
  if (began === null) return null;
  const returns = { step: last.n, note: `${last.who} returns without an error` };
  const overtaken = broken === null ? null : overtakenReader(story, broken, began, last);
  if (overtaken !== null) return { ...overtaken, guilty: inOrder([gives, ...overtaken.guilty, returns]) };
  const when = began.n >= gave.step ? `began to read it at step ${began.n}` : `read it from step ${began.n} on, but not as of T0`;
  return facts(
    [`${gaveUp}, but ${last.who}, which ${when}, returned without an error at step ${last.n}`, `${last.who} should have got an error`],
    [gives, returns],
  );
}

/** A read under way when the snapshot was broken, which a guest did not wait for; null: it was something else. */
function overtakenReader(story: Story, broken: string, began: StoryStep, last: StoryStep): Facts | null {
  const { sector } = story.violation;
  const took = sector === undefined ? null : taking(story, last, sector, last.n);
  const landing = took === null ? null : lastLanding(story, sector!, took.n);
  if (took === null || landing === null || landing.n < began.n) return null;
  const { who } = landing;
  return {
    ...facts(
      [
        `${last.who} began to read sector ${sector} from the disk at step ${began.n}`,
        broken,
        `from then on, writes no longer waited for readers: ${who} ${didTo(story, who)} the sector at step ${landing.n}, before ` +
          `${last.who} read it at step ${took.n}, so ${last.who} returned ${story.verdict.got} without an error`,
        `${who} should have waited for ${last.who}`,
      ],
      [
        { step: began.n, note: `${last.who} begins to read sector ${sector}` },
        { step: landing.n, note: `${who}'s ${kindOf(story, who)} lands without waiting for ${last.who}` },
      ],
    ),
    sector: sector!,
    order: {
      first: { step: took.n, text: `${last.who} reads sector ${sector}` },
      second: { step: landing.n, text: `${who}'s ${kindOf(story, who)} lands` },
    },
  };
}

/** `on-cbw-error=break-snapshot`: whose copy failed, and how. Null: the job gave up by itself. */
function brokenBy(story: Story, n: number): string | null {
  if (!story.disk.shape.breaksSnapshot) return null;
  const { who } = stepAt(story, n);
  const struck = lastStep(story, n, (step) => step.fault !== NO_ERROR && (step.who === who || step.who.startsWith(`${who}.`)));
  const how = struck === null ? '' : ` with ${printError(struck.fault)} at step ${struck.n}`;
  return `${who}'s copy failed${how}, which broke the snapshot${struck?.n === n ? '' : ` at step ${n}`}`;
}

const facts = (told: readonly string[], guilty: readonly GuiltyStep[]): Facts => ({
  shape: 'given up',
  sector: null,
  sentence: sentences(...told),
  guilty: inOrder(guilty),
  order: null,
});
