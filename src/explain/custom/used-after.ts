/** Something of a custom job is used once the job has given it up: its memory, or its target. */
import { Misuse } from '../../../model/kernel/misuse.ts';
import { ioOf, meaningOf } from '../../../model/meaning.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { type Story, type StoryStep, lastStep, stepAt } from '../story/story.ts';
import { nameOfWho, sentences } from '../story/words.ts';
import { freedCell } from './own-cells.ts';

export function usedAfter(story: Story): Facts | null {
  if (story.violation.property !== 'nothing-freed') return null;
  const { world, target } = story.disk;
  const last = story.steps.at(-1)!;
  const misuse = world.cells[world.misuseCell];
  if (misuse === Misuse.freedBitmap) return used(story, last, 'its memory', story.footprints.lastWrite(freedCell(world), last.n)?.step);
  if (misuse === Misuse.closedTarget)
    return used(story, last, 'its target', story.footprints.lastWrite(target.settledCells[0]!, last.n)?.step);
  return null;
}

/** @param gone the step in which the job gave it up */
function used(story: Story, last: StoryStep, what: string, gone: number | undefined): Facts | null {
  if (gone === undefined) return null;
  const who = nameOfWho(last.who);
  const it = what.replace('its ', 'the ');
  const { how, should } = howUsed(story, last, gone);
  return {
    shape: 'after the end',
    sector: null,
    sentence: sentences(`the job gave up ${what} at step ${gone}, but ${who} used it at step ${last.n}${how}`, should),
    guilty: inOrder([
      { step: gone, note: `the job gives up ${what}` },
      { step: last.n, note: `${who} uses ${it}, which is gone` },
    ]),
    order: null,
  };
}

function howUsed(story: Story, last: StoryStep, gone: number): { how: string; should: string } {
  if (last.who === 'job') return { how: '', should: 'the job should have given it up last' };
  const hookCell = story.disk.sourceNode.hook.cell;
  const call = story.footprints.lastRead(hookCell, last.n, ({ step, value }) => value === 1 && stepAt(story, step).who === last.who);
  if (call !== null && call.step > gone)
    return {
      how: `, because the hook was still linked when ${last.who} called it at step ${call.step}`,
      should: 'the hook should have been unlinked first',
    };
  const began = story.steps.find(({ who }) => who === last.who)!;
  const reads = lastStep(story, last.n, (step) => step.who === last.who && ioOf(step.step)?.by === 'reader') !== null;
  if (began.n >= gone) return { how: '', should: `nothing should have called the job for ${last.who} by then` };
  const under = reads || meaningOf(began.step).io === null ? 'a request' : 'a copy';
  return {
    how: `, in ${under} that had begun at step ${call?.step ?? began.n}`,
    should: `the job should have waited for ${last.who} to end`,
  };
}
