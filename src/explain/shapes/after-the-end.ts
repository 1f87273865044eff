/** After the end: somebody went on using a job that was gone. And past the end: a sector that there is not. */
import { FREED } from '../../../model/job/bitmap.ts';
import { Misuse } from '../../../model/kernel/misuse.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Story, type StoryStep, stepAt } from '../story/story.ts';
import { nameOfWho, plural, sentence } from '../story/words.ts';

export function afterTheEnd(story: Story): Facts | null {
  const { property } = story.violation;
  const last = story.steps.at(-1)!;
  if (property === 'cancel-is-clean') return toldTooEarly(story, last);
  if (property !== 'nothing-freed') return null;
  const { world } = story.disk;
  const misuse = world.cells[world.misuseCell];
  if (misuse === Misuse.freedBitmap) return used(story, last, 'the bitmap', whenFreed(story, last));
  if (misuse === Misuse.closedTarget)
    return used(story, last, 'the target', story.footprints.lastWrite(story.disk.target.settledCells[0]!, last.n)?.step ?? null);
  return misuse === Misuse.outOfRange ? pastTheEnd(story, last) : null;
}

/** The step that freed the bit that the last step has looked at. */
function whenFreed(story: Story, last: StoryStep): number | null {
  const { copied, clusters } = story.disk.job;
  const [read] = story.footprints.readsOf(last.n, copied.cellOf(0), clusters).filter(({ value }) => value === FREED);
  return read === undefined ? null : (story.footprints.lastWrite(read.cell, last.n)?.step ?? null);
}

/** @param end the step that freed or closed it */
function used(story: Story, last: StoryStep, what: string, end: number | null): Facts | null {
  if (end === null) return null;
  const who = nameOfWho(last.who);
  const hookCell = story.disk.sourceNode.hook.cell;
  const call = story.footprints.lastRead(hookCell, last.n, ({ step }) => stepAt(story, step).who === last.who);
  const isCalledAfter = call !== null && call.step > end;
  const should = isCalledAfter ? 'the hook should have been unlinked before' : `the job should have waited for ${who}'s copy to end`;
  return {
    shape: 'after the end',
    sector: null,
    sentence: sentence(
      `the job gave up ${what} at step ${end}, and ${who} used it at step ${last.n}`,
      isCalledAfter ? ', for the hook was still linked and called the job that was gone' : ', in a copy that was still under way',
      `: ${should}`,
    ),
    guilty: inOrder([
      {
        step: end,
        note: `the job gives up ${what}, ${isCalledAfter ? 'and its hook stays linked' : `while ${who}'s copy is still under way`}`,
      },
      { step: last.n, note: `${who} uses ${what}, which is gone` },
    ]),
    order: isCalledAfter
      ? { first: { step: null, text: 'the hook is unlinked' }, second: { step: end, text: `the job gives up ${what}` } }
      : { first: { step: last.n, text: `${who}'s copy runs to its end` }, second: { step: end, text: `the job gives up ${what}` } },
  };
}

/** The event was sent, and somebody still wrote. */
function toldTooEarly(story: Story, last: StoryStep): Facts | null {
  const told = story.footprints.lastWrite(story.disk.job.status.stateCell, last.n - 1);
  if (told === null || !story.verdict.detail.includes('told of its end')) return null;
  const who = nameOfWho(last.who);
  return {
    shape: 'after the end',
    sector: null,
    sentence: sentence(
      `the job told of its end at step ${told.step}, and ${who}'s copy wrote to the target at step ${last.n}, ` +
        'when a user who heard of the end may have taken the target away: the event should have come last',
    ),
    guilty: inOrder([
      { step: told.step, note: `the job tells of its end, while ${who}'s copy is still under way` },
      { step: last.n, note: `${who}'s copy writes to the target` },
    ]),
    order: {
      first: { step: last.n, text: `${who}'s copy writes to the target` },
      second: { step: told.step, text: 'the job tells of its end' },
    },
  };
}

function pastTheEnd(story: Story, last: StoryStep): Facts {
  const who = nameOfWho(last.who);
  const { sectors } = story.disk.source;
  const isState = story.trace.scenario.guest.some(({ id, kind }) => id === last.who && kind === 'savevm');
  const should = isState
    ? "the machine's state is saved there, is no part of the disk, and should have passed the hook by"
    : 'its copy of the last cluster should have ended where the disk ends';
  return {
    shape: 'past the end',
    sector: null,
    sentence: sentence(`${who} went past the end of the disk, which has ${plural(sectors, 'sector')}, at step ${last.n}: ${should}`),
    guilty: [
      { step: last.n, note: `${who} goes past the end of the disk${isState ? ", through the hook, with the machine's state" : ''}` },
    ],
    order: null,
  };
}
