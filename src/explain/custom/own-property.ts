/** What a property of the job's own rests on: the situations that it met, and the steps that changed what it looked at in the end. */
import { type Facts, inOrder } from '../story/facts.ts';
import type { Story } from '../story/story.ts';
import { sentences } from '../story/words.ts';

/** @returns null: what broke is a property of every job */
export function ownProperty({ experiment, violation, steps }: Story): Facts | null {
  const { property, detail, sector = null } = violation;
  const grounds = experiment.properties.own?.groundsOf(property) ?? null;
  if (grounds === null) return null;
  const n = steps.length;
  return {
    shape: null,
    sector,
    sentence: `${sentences(`at step ${n} ${detail}`)} ${grounds.sentence}`,
    guilty: inOrder([
      ...grounds.marks.map(({ name, step }) => ({ step, note: name })),
      ...grounds.remembered.map(({ name, step, value }) => ({ step, note: `${name} becomes ${value}` })),
      { step: n, note: detail },
    ]),
    order: null,
  };
}
