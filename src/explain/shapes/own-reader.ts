/** What the reader of a custom job does wrong by itself: it reads the live disk, or not at all. */
import { ioOf } from '../../../model/meaning.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { lastLanding, taking } from '../story/provenance.ts';
import type { Story, StoryStep } from '../story/story.ts';
import { doneTo, kindOf, sentences } from '../story/words.ts';

export function ownReader(story: Story): Facts | null {
  const { property, sector, got } = story.violation;
  if (property !== 'stable-reader' || sector === undefined) return null;
  const last = story.steps.at(-1)!;
  if (got === undefined) return neverRead(sector, last);
  const took = taking(story, last, sector, last.n);
  const landing = took === null ? null : lastLanding(story, sector, took.n);
  return took !== null && landing !== null && ioOf(took.step)?.by === 'copy' ? readFromDisk(story, sector, took, landing) : null;
}

function readFromDisk(story: Story, sector: number, took: StoryStep, landing: StoryStep): Facts {
  return {
    shape: 'too late',
    sector,
    sentence: sentences(
      `${took.who} read sector ${sector} from the live disk at step ${took.n}, after ${landing.who} had ` +
        `${doneTo(story, landing.who)} it at step ${landing.n}, and returned ${story.verdict.got} instead of ${story.verdict.expected}`,
      'it should have read the target',
    ),
    guilty: inOrder([
      { step: landing.n, note: `${landing.who}'s ${kindOf(story, landing.who)} lands on sector ${sector}` },
      { step: took.n, note: `${took.who} reads the live disk` },
    ]),
    order: null,
  };
}

function neverRead(sector: number, last: StoryStep): Facts {
  return {
    shape: 'never read',
    sector,
    sentence: sentences(
      `${last.who} returned without an error at step ${last.n}, but never read sector ${sector}`,
      'it should have read the sector or returned an error',
    ),
    guilty: [{ step: last.n, note: `${last.who} returns without an error` }],
    order: null,
  };
}
