/** Given up: a job has declared its point in time void, and somebody takes it for good all the same. */
import { JobState } from '../../../model/job/job-status.ts';
import { roleOf } from '../../../model/meaning.ts';
import { type Facts, type GuiltyStep, inOrder } from '../story/facts.ts';
import { type Story, lastStep } from '../story/story.ts';
import { sentence } from '../story/words.ts';

export function givenUp(story: Story): Facts | null {
  if (story.violation.property !== 'given-up') return null;
  const { status } = story.experiment.machine.job;
  const [gave] = [...story.footprints.writes(status.givenUpCell, 1)];
  if (gave === undefined) return null;
  const last = story.steps.at(-1)!;
  const gives = { step: gave.step, note: 'the job gives up its point in time' };
  const gaveUp = `the job gave up its point in time at step ${gave.step}`;
  if (status.stateSeen === JobState.completed && last.who === 'job')
    return facts(`${gaveUp}, and completed without an error at step ${last.n}: it should have ended with one`, [
      gives,
      { step: last.n, note: 'the job completes without an error' },
    ]);
  const began = lastStep(story, last.n, ({ who, step }) => who === last.who && roleOf(step) === 'begins');
  if (began === null) return null;
  const when = began.n >= gave.step ? `began to read it at step ${began.n}` : `read it from step ${began.n} on, though not as at T0`;
  return facts(`${gaveUp}, and ${last.who}, who ${when}, returned without an error at step ${last.n}: it should have got one`, [
    gives,
    { step: last.n, note: `${last.who} returns without an error` },
  ]);
}

const facts = (text: string, guilty: readonly GuiltyStep[]): Facts => ({
  shape: 'given up',
  sector: null,
  sentence: sentence(text),
  guilty: inOrder(guilty),
  order: null,
});
