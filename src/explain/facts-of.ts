/** From a run that broke a property to the facts: the one shape that fits, or none. */
import { isCustomJob } from '../../model/families/custom/file-name.ts';
import type { Facts } from './story/facts.ts';
import { afterTheEnd } from './shapes/after-the-end.ts';
import { copiedTooMuch } from './shapes/copies.ts';
import { wrongCount } from './shapes/counts.ts';
import { errorNotTold } from './shapes/errors.ts';
import { readTooLate, readWrongPlace } from './shapes/new-data.ts';
import { snapshotBroken } from './shapes/snapshot.ts';
import { waitsForEver } from './shapes/waits.ts';
import type { Story } from './story/story.ts';
import { sentences } from './story/words.ts';

type ShapeOf = (story: Story) => Facts | null;

const further: ShapeOf[] = [];

/** What else may be asked where none of the shapes below fits: each tells its own, and null of all others (explain-any.ts). */
export const offerShapes = (shapes: readonly ShapeOf[]): void => void further.push(...shapes);

export function factsOf(story: Story): Facts {
  return story.disk === story.experiment.machine ? factsOfDisk(story) : ofSecondDisk(factsOfDisk(story));
}

/** The shapes tell of one disk and its job. */
function ofSecondDisk(facts: Facts): Facts {
  const named = (text: string): string => text.replaceAll(/\b[Tt]he job\b/g, 'job2');
  const order = facts.order && {
    first: { ...facts.order.first, text: named(facts.order.first.text) },
    second: { ...facts.order.second, text: named(facts.order.second.text) },
  };
  return { ...facts, sentence: named(facts.sentence), guilty: facts.guilty.map(({ step, note }) => ({ step, note: named(note) })), order };
}

function factsOfDisk(story: Story): Facts {
  // A custom job marks and counts as its author likes, and an increment may lack what nobody has overwritten.
  const isOther = isCustomJob(story.trace.job) || story.disk.previous !== null;
  return (isOther ? null : shapeOf(story)) ?? furtherShapeOf(story) ?? shapeOf(story) ?? noShape(story);
}

function furtherShapeOf(story: Story): Facts | null {
  for (const shape of further) {
    const facts = shape(story);
    if (facts !== null) return facts;
  }
  return null;
}

function shapeOf(story: Story): Facts | null {
  const { property, sector } = story.violation;
  switch (property) {
    case 'snapshot-kept':
      return snapshotBroken(story);
    case 'stable-reader':
      return sector === undefined ? null : (readTooLate(story, sector) ?? readWrongPlace(story, sector));
    case 'always-finishes':
      return waitsForEver(story);
    case 'errors-are-told':
      return errorNotTold(story);
    case 'copies-no-more':
      return copiedTooMuch(story);
    case 'progress-adds-up':
      return wrongCount(story);
    default:
      return afterTheEnd(story);
  }
}

/** The bare facts, and that there are no others. */
function noShape({ verdict, steps }: Story): Facts {
  return {
    shape: null,
    sector: verdict.sector ?? null,
    sentence: sentences(`at step ${steps.length}, ${verdict.detail}`, 'no known pattern of failure fits'),
    guilty: [{ step: steps.length, note: verdict.detail }],
    order: null,
  };
}
