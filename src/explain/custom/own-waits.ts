/** Who waits for whom in a custom job: a wait in a queue of its own, for what its author's cells say. */
import { nameOf } from '../../../model/kernel/step.ts';
import { roleOf } from '../../../model/meaning.ts';
import type { Waiting } from '../../../properties/waiting.ts';
import { type MissedWake, missedWake, stuck } from '../shapes/waits.ts';
import type { Facts } from '../story/facts.ts';
import { type Story, lastStep, stepAt } from '../story/story.ts';
import { nameOfWho } from '../story/words.ts';
import { nameOfCell, ownCells } from './own-cells.ts';

export function ownWaits(story: Story): Facts | null {
  const { waiting } = story.violation;
  return waiting === undefined ? null : stuck(story, waiting, (one) => missedWake(story, one) ?? cellHasChanged(story, one));
}

/** The step that changed a cell by which somebody had decided to wait, and woke nobody; null: none did. */
function cellHasChanged(story: Story, { who }: Waiting): MissedWake | null {
  const { machine } = story.experiment;
  const end = story.steps.length;
  const since = lastStep(story, end, ({ id }) => id === who.id);
  if (since === null || nameOf(who.pending).guard !== 'woken' || roleOf(who.pending) !== null) return null;
  for (const [cell, named] of ownCells(machine.world)) {
    const read = story.footprints.lastRead(cell, since.n, ({ step }) => step === since.n);
    if (read === null) continue;
    const write = story.footprints.lastWrite(cell, end, ({ step, value }) => step > since.n && value !== read.value);
    if (write === null) continue;
    const set = `${nameOfWho(stepAt(story, write.step).who)} set ${nameOfCell(named)} to ${write.value}`;
    const me = nameOfWho(machine.coroutineName(who));
    return {
      guilty: { step: write.step, note: `${set}, but ${me} is not woken` },
      should: `${me} should have been woken when ${set} at step ${write.step}`,
    };
  }
  return null;
}
