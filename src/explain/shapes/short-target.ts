/** Wrong target: a copy came to the end of a target that is shorter than the disk. */
import { endOfTarget } from '../../../properties/end-of-target.ts';
import { type Facts, inOrder } from '../story/facts.ts';
import { stepOfT0 } from '../story/provenance.ts';
import type { Story } from '../story/story.ts';
import { nameOfWho, sentences } from '../story/words.ts';

export function endOfShortTarget(story: Story): Facts | null {
  const { violation, steps } = story;
  const end = endOfTarget(story.disk);
  const t0 = stepOfT0(story);
  // A copy of the guest's came to it.
  const what = violation.detail.replace(/(?<= was told EIO, )though none of its I\/O failed$/, () => `and ${end ?? ''}`);
  if (end === null || t0 === null || !what.endsWith(end)) return null;
  const { n, who } = steps.at(-1)!;
  return {
    shape: 'wrong target',
    sector: null,
    sentence: sentences(what.replace(', and', ` at step ${n}, and`), 'the command should have refused this target'),
    guilty: inOrder([
      { step: t0.n, note: 'the job begins with this target' },
      { step: n, note: `${nameOfWho(who)} reaches the end of the target` },
    ]),
    order: null,
  };
}
