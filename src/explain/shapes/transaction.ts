/** Of two disks in one transaction: two points in time that are no cut, and a group of which one job completes and the other does not. */
import { NO_ERROR, printError } from '../../../model/block/errors.ts';
import { JobState } from '../../../model/job/job-status.ts';
import { roleOf } from '../../../model/meaning.ts';
import { GROUP_ALL_OR_NOTHING } from '../../../properties/group-all-or-nothing.ts';
import { ONE_CUT } from '../../../properties/one-cut.ts';
import { START_ALL_OR_NOTHING } from '../../../properties/start-all-or-nothing.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Story, lastStep } from '../story/story.ts';
import { nameOfWho, sentences } from '../story/words.ts';

/** The disk whose point in time came last has an effect of a request that came after one which the first does not have. */
export function notOneCut(story: Story): Facts | null {
  if (story.violation.property !== ONE_CUT) return null;
  const [first, second] = [pointOf(story, 0), pointOf(story, 1)];
  const { scenario } = story.trace;
  const onSecond = (id: string): boolean => scenario.transaction?.second.includes(id) === true;
  const last = scenario.guest.findLast(({ id, after }) => onSecond(id) && after.some((one) => !onSecond(one)) && hasRun(story, id));
  const earlier = last?.after.find((id) => !onSecond(id));
  if (first === null || second === null || last === undefined || earlier === undefined) return null;
  const end = lastStep(story, story.steps.length, ({ who }) => who === earlier)!;
  const began = lastStep(story, story.steps.length, ({ who, step }) => who === last.id && roleOf(step) === 'begins')!;
  return {
    shape: 'not one cut',
    sector: null,
    sentence: sentences(
      `T0 of the first disk was step ${first}, and ${earlier} ended on that disk after it, at step ${end.n}`,
      `${last.id}, which came after ${earlier}, began at step ${began.n} on the other disk and ended before T0 of that disk ` +
        `(step ${second})`,
      `a restore of both disks therefore has ${last.id} but not ${earlier}`,
      `the first disk should have stayed drained until step ${second}`,
    ),
    guilty: inOrder([
      { step: first, note: 'T0 of the first disk' },
      { step: end.n, note: `${earlier} ends, after that` },
      { step: began.n, note: `${last.id}, which came after ${earlier}, begins` },
      { step: second, note: `T0 of the second disk, which has ${last.id}` },
    ]),
    order: {
      first: { step: second, text: 'job2 takes its point in time' },
      second: { step: end.n, text: `${earlier} ends` },
    },
  };
}

const hasRun = ({ steps }: Story, id: string): boolean => steps.some(({ who }) => who === id);

/** The step in which a job took its point in time. */
function pointOf({ experiment, footprints }: Story, disk: number): number | null {
  const { stateCell } = experiment.machine.backups[disk]!.job.status;
  return [...footprints.writes(stateCell, 1)].find(({ value }) => value === JobState.active)?.step ?? null;
}

/** A job that runs though the command that was to start it has failed. */
export function notAllStarted(story: Story): Facts | null {
  if (story.violation.property !== START_ALL_OR_NOTHING) return null;
  const jobs = story.experiment.machine.backups.map(({ job }) => job);
  const refused = jobs.find(({ status }) => status.stateSeen === JobState.refused);
  const started = jobs.find(({ status }) => status.stateSeen !== JobState.refused);
  if (refused === undefined || started === undefined) return null;
  const failed = endOf(story, refused);
  const begun = [...story.footprints.writes(started.status.stateCell, 1)][0]!.step;
  const name = nameOfWho(started.name);
  return {
    shape: 'not all of a group',
    sector: null,
    sentence: sentences(
      `the transaction failed at step ${failed}, because the target of ${nameOfWho(refused.name)} is unfit, but ${name}, which it had ` +
        `started at step ${begun}, kept running`,
      `${name} should have been rolled back`,
    ),
    guilty: inOrder([
      { step: begun, note: `${name} is started` },
      { step: failed, note: 'the command fails' },
    ]),
    order: { first: { step: failed, text: 'all actions have succeeded' }, second: { step: begun, text: `${name} runs` } },
  };
}

/** What the jobs of a group told of their ends. */
export function notAllOfAGroup(story: Story): Facts | null {
  if (story.violation.property !== GROUP_ALL_OR_NOTHING) return null;
  const jobs = story.experiment.machine.backups.map(({ job }) => job);
  const isDone = ({ status }: (typeof jobs)[number]): boolean => status.stateSeen === JobState.completed && status.errorSeen === NO_ERROR;
  const done = jobs.find(isDone);
  const other = jobs.find((job) => !isDone(job));
  if (done === undefined || other === undefined) return null;
  const ended = endOf(story, done);
  const failed = endOf(story, other);
  const { status } = other;
  const how = status.stateSeen === JobState.cancelled ? 'was cancelled' : `failed with ${printError(status.errorSeen)}`;
  const name = nameOfWho(other.name);
  return {
    shape: 'not all of a group',
    sector: null,
    sentence: sentences(
      `${name} ${how} and reported it at step ${failed}, but ${nameOfWho(done.name)}, of the same group, completed without an error at ` +
        `step ${ended}`,
      `${name} should have cancelled ${nameOfWho(done.name)} when it ended`,
    ),
    guilty: inOrder([
      { step: failed, note: `${name} ${how}` },
      { step: ended, note: `${nameOfWho(done.name)} completes without an error` },
    ]),
    order: null,
  };
}

/** The step of a job's event. */
const endOf = ({ footprints, steps }: Story, { status }: { readonly status: { readonly stateCell: number } }): number =>
  footprints.lastWrite(status.stateCell, steps.length)!.step;
