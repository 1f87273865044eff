/** After the end: somebody went on using a job that was gone. And past the end: a sector that there is not. */
import { FREED } from '../../../model/job/bitmap.ts';
import { Misuse } from '../../../model/kernel/misuse.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Story, type StoryStep, stepAt } from '../story/story.ts';
import { nameOfWho, plural, sentences } from '../story/words.ts';

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
function used(story: Story, last: StoryStep, what: 'the bitmap' | 'the target', end: number | null): Facts | null {
  if (end === null) return null;
  const gaveUp = what === 'the bitmap' ? 'freed' : 'closed';
  const givesUp = what === 'the bitmap' ? 'frees' : 'closes';
  const who = nameOfWho(last.who);
  const hookCell = story.disk.sourceNode.hook.cell;
  const call = story.footprints.lastRead(hookCell, last.n, ({ step }) => stepAt(story, step).who === last.who);
  const isCalledAfter = call !== null && call.step > end;
  const should = isCalledAfter ? 'the hook should have been unlinked first' : `the job should have waited for ${who}'s copy to end`;
  return {
    shape: 'after the end',
    sector: null,
    sentence: sentences(
      `the job ${gaveUp} ${what} at step ${end}, but ${who}${isCalledAfter ? '' : "'s copy, still in flight,"} used it at ` +
        `step ${last.n}${isCalledAfter ? ', because the hook was still linked and called a job that had ended' : ''}`,
      should,
    ),
    guilty: inOrder([
      {
        step: end,
        note: `the job ${givesUp} ${what}${isCalledAfter ? ', but its hook stays linked' : ` while ${who}'s copy is still in flight`}`,
      },
      { step: last.n, note: `${who} uses the ${gaveUp} ${what.slice('the '.length)}` },
    ]),
    order: isCalledAfter
      ? { first: { step: null, text: 'the hook is unlinked' }, second: { step: end, text: `the job ${givesUp} ${what}` } }
      : { first: { step: last.n, text: `${who} last uses ${what}` }, second: { step: end, text: `the job ${givesUp} ${what}` } },
  };
}

/** The event was sent, and somebody still wrote. */
function toldTooEarly(story: Story, last: StoryStep): Facts | null {
  const told = story.footprints.lastWrite(story.disk.job.status.stateCell, last.n - 1);
  if (told === null || !story.verdict.detail.includes('reported its end')) return null;
  const who = nameOfWho(last.who);
  return {
    shape: 'after the end',
    sector: null,
    sentence: sentences(
      `the job reported its end at step ${told.step}, but ${who}'s copy wrote to the target at step ${last.n}, ` +
        'when the user may already have removed the target',
      'the event should have come last',
    ),
    guilty: inOrder([
      { step: told.step, note: `the job reports its end while ${who}'s copy is still in flight` },
      { step: last.n, note: `${who}'s copy writes to the target` },
    ]),
    order: {
      first: { step: last.n, text: `${who}'s copy writes to the target` },
      second: { step: told.step, text: 'the job reports its end' },
    },
  };
}

function pastTheEnd(story: Story, last: StoryStep): Facts {
  const who = nameOfWho(last.who);
  const { sectors } = story.disk.source;
  const isState = story.trace.scenario.guest.some(({ id, kind }) => id === last.who && kind === 'savevm');
  const end = `the end of the disk (${plural(sectors, 'sector')})`;
  const told = isState
    ? [
        `at step ${last.n}, ${who} saved VM state past ${end}, through the hook`,
        'VM state is not part of the disk and should not be copied',
      ]
    : [
        `${who} went past ${end} at step ${last.n}`,
        `${who === 'the job' ? 'its' : `${who}'s`} copy of the last cluster should have stopped at the end of the disk`,
      ];
  return {
    shape: 'past the end',
    sector: null,
    sentence: sentences(...told),
    guilty: [{ step: last.n, note: `${who} goes past the end of the disk${isState ? ', through the hook, with the VM state' : ''}` }],
    order: null,
  };
}
