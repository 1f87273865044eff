/** A wrong end: reported too early, twice, or not as it was asked for; and a second point in time. */
import { JobState } from '../../../model/job/job-status.ts';
import { Misuse } from '../../../model/kernel/misuse.ts';
import { roleOf } from '../../../model/meaning.ts';
import { modesInWords } from '../../../model/sync.ts';
import { type Facts, type GuiltyStep, type MissingOrder, inOrder } from '../story/facts.ts';
import { type Story, type StoryStep, lastStep } from '../story/story.ts';
import { sentences } from '../story/words.ts';

type Told = Pick<Facts, 'sentence' | 'order'> & { readonly guilty: readonly GuiltyStep[] };

export function wrongEnd(story: Story): Facts | null {
  const last = story.steps.at(-1)!;
  const { property } = story.violation;
  const told = property === 'ends-in-order' ? outOfOrder(story, last) : property === 'cancel-is-clean' ? notAsAsked(story, last) : null;
  return told === null ? null : { shape: 'wrong end', sector: null, ...told, guilty: inOrder(told.guilty) };
}

const OUT_OF_ORDER: Partial<Record<Misuse, (story: Story, n: number) => Told | null>> = {
  [Misuse.beganTwice]: (story, n) =>
    twice(
      story,
      n,
      [JobState.active],
      'took its point in time',
      'a backup can show only one point in time, and the job should have taken it once',
    ),
  [Misuse.endedTwice]: (story, n) =>
    twice(story, n, [JobState.completed, JobState.cancelled], 'reported its end', 'a job should end with one event'),
  [Misuse.endedFirst]: (_, n) => missing(n, 'take its point in time', 'until then there is nothing to back up'),
  [Misuse.endedOpen]: (_, n) => missing(n, 'close its target', 'a user who sees the end may remove the target'),
};

function outOfOrder(story: Story, { n }: StoryStep): Told | null {
  const { world } = story.disk;
  return OUT_OF_ORDER[world.cells[world.misuseCell] as Misuse]?.(story, n) ?? null;
}

/** Something that may happen once. @param states of the job, that it sets when it does so */
function twice(story: Story, n: number, states: readonly JobState[], did: string, why: string): Told | null {
  const { stateCell } = story.disk.job.status;
  const writes = [...story.footprints.writes(stateCell, 1)].filter(({ value }) => states.includes(value as JobState));
  const [first, second] = writes.slice(-2);
  if (first === undefined || second?.step !== n) return null;
  const again = first.step === n ? `twice at step ${n}` : `at step ${first.step}, and again at step ${n}`;
  return {
    sentence: sentences(`the job ${did} ${again}`, why),
    guilty: [
      ...(first.step === n ? [] : [{ step: first.step, note: `the job ${did}` }]),
      { step: n, note: `the job ${did} ${first.step === n ? 'twice' : 'again'}` },
    ],
    order: null,
  };
}

const DONE = { 'take its point in time': 'taken its point in time', 'close its target': 'closed its target' } as const;

/** @param first what should have come before the end */
function missing(n: number, first: keyof typeof DONE, why: string): Told {
  return {
    sentence: sentences(`the job reported its end at step ${n}, before it had ${DONE[first]}`, `it should ${first} first: ${why}`),
    guilty: [{ step: n, note: `the job reports its end, but did not ${first} first` }],
    order: { first: { step: null, text: `the job has ${DONE[first]}` }, second: { step: n, text: 'it reports its end' } },
  };
}

/** It was cancelled, or was not, and its end says otherwise. */
function notAsAsked(story: Story, { n }: StoryStep): Told | null {
  const { job, sync } = story.disk;
  const { stateSeen } = job.status;
  if (story.footprints.lastWrite(job.status.stateCell, n)?.step !== n) return null;
  const cancel = lastStep(story, n, ({ step }) => roleOf(step) === 'cancels');
  const woken = wokenByResume(story, n);
  const after = woken === null ? '' : `, after a resume at step ${woken.resume} had woken it at step ${woken.step}`;
  const guilty = woken === null ? [] : [{ step: woken.resume, note: 'the job is resumed' }];
  const reports = (event: string): GuiltyStep => ({ step: n, note: `the job reports ${event}` });
  if (stateSeen === JobState.cancelled && cancel === null)
    return {
      sentence: sentences(
        `the job reported CANCELLED at step ${n}${after}, although nothing had cancelled it`,
        'only a cancel may end it that way',
      ),
      guilty: [...guilty, reports('CANCELLED')],
      order: null,
    };
  if (stateSeen !== JobState.completed) return null;
  if (cancel !== null)
    return {
      sentence: sentences(
        `the user cancelled the job at step ${cancel.n}, but the job reported COMPLETED at step ${n}`,
        'it should have reported CANCELLED',
      ),
      guilty: [{ step: cancel.n, note: 'the user cancels the job' }, reports('COMPLETED')],
      order: null,
    };
  if (sync.endsByItself) return null;
  const stays: MissingOrder = { first: { step: null, text: 'the user cancels the job' }, second: { step: n, text: 'the job ends' } };
  return {
    sentence: sentences(
      `the job reported COMPLETED at step ${n}${after}, although it had not been cancelled`,
      `a ${modesInWords([sync.name])} backup is valid only while the job runs, so the job should have waited for a cancel`,
    ),
    guilty: [...guilty, reports('COMPLETED')],
    order: stays,
  };
}

/** The latest step in which the job left its park, if a resume was what had come just before it that could wake it. */
function wokenByResume(story: Story, n: number): { resume: number; step: number } | null {
  const left = lastStep(story, n, ({ who, step }) => who === story.disk.job.name && roleOf(step) === 'isParked');
  if (left === null) return null;
  const arrived = lastStep(story, left.n - 1, ({ who }) => who === story.disk.job.name)?.n ?? 0;
  const wakes = story.steps.slice(arrived, left.n - 1).filter(({ step }) => WAKES.has(roleOf(step)));
  return wakes.length === 1 && roleOf(wakes[0]!.step) !== 'cancels' ? { resume: wakes[0]!.n, step: left.n } : null;
}

const WAKES: ReadonlySet<ReturnType<typeof roleOf>> = new Set(['cancels', 'resumes', 'resumesStopped']);
