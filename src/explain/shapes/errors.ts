/** Error not told: an error that the job met was hidden, or it told of another one. */
import { NO_ERROR, printError } from '../../../model/block/errors.ts';
import { ErrorAction, JobState } from '../../../model/job/job-status.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Story, lastStep } from '../story/story.ts';
import { sentences } from '../story/words.ts';

export function errorNotTold(story: Story): Facts | null {
  const { violation, steps } = story;
  if (violation.property !== 'errors-are-told') return null;
  const last = steps.at(-1)!;
  const { status } = story.disk.job;
  const struck = lastStep(story, last.n, ({ who, fault }) => who === story.disk.job.name && fault !== NO_ERROR);
  const isCancelled = status.stateSeen === JobState.cancelled;
  const hasEnded = isCancelled || status.stateSeen === JobState.completed;
  const { action, error } = status.eventSeen;
  if (struck === null)
    return {
      shape: 'error not told',
      sector: null,
      sentence: sentences(`${violation.detail}, at step ${last.n}`, 'only errors that occurred should be reported'),
      guilty: [{ step: last.n, note: 'an error is reported that did not occur' }],
      order: null,
    };
  const met = `the job got ${printError(struck.fault)} at step ${struck.n}`;
  const told = status.errorSeen === NO_ERROR ? 'out an error' : ` ${printError(status.errorSeen)}`;
  const end = `${isCancelled ? 'CANCELLED' : 'COMPLETED'} with${told}`;
  const isStopped = !hasEnded && violation.detail.includes('had stopped it');
  const stop = isStopped
    ? lastStep(story, struck.n - 1, ({ who, saw }) => who === struck.who && saw.split(', ').includes('stopped'))
    : null;
  const should = isStopped
    ? 'a stopped job should yield (sleep) until the user resumes it'
    : !hasEnded
      ? `an event should have reported ${printError(struck.fault)}`
      : action === ErrorAction.report
        ? `COMPLETED should have reported ${printError(error)}`
        : 'an error that did not end the job should not be reported at its end';
  const did = hasEnded
    ? `ended at step ${last.n} with "${end}"`
    : (/(?:, (?:and |but )?| and )((?:no event|reported|its policy).*)$/.exec(violation.detail)?.[1] ?? violation.detail);
  return {
    shape: 'error not told',
    sector: null,
    sentence: sentences(
      `${met}${hasEnded && action !== ErrorAction.report ? ', which did not end it' : ''}, ` +
        `${hasEnded || did.startsWith('reported') ? 'and' : 'but'} ${did}`,
      should,
    ),
    guilty: inOrder([
      stop === null ? null : { step: stop.n, note: 'an error stops the job' },
      { step: struck.n, note: met },
      last.n === struck.n ? null : { step: last.n, note: `it ends with "${end}"` },
    ]),
    order: null,
  };
}
