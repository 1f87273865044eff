/** Why nothing in a custom job held a guest's request back. Only what the run shows is said. */
import { meaningOf } from '../../../model/meaning.ts';
import type { GuiltyStep } from '../story/facts.ts';
import { type Story, type StoryStep, clusterOf, lastStep } from '../story/story.ts';
import { nameOfWho } from '../story/words.ts';
import { type Passage, passageOutside, passingStep } from '../shapes/past-the-hook.ts';
import { copyUnderWay, lastStoreBy } from './copy-steps.ts';
import { looksAt, looksInWords } from './own-cells.ts';

/** @param took the step in which a copy took the sector too late; null: none did */
export function whyPassed(story: Story, landing: StoryStep, sector: number, took: StoryStep | null): Passage | null {
  return passageOutside(story, landing, sector) ?? throughHook(story, landing, clusterOf(story, sector), took);
}

function throughHook(story: Story, landing: StoryStep, cluster: number, took: StoryStep | null): Passage | null {
  const pass = passingStep(story, landing);
  if (pass === null) return null;
  const { who } = landing;
  const own = lastStoreBy(story, who, cluster, pass.n);
  if (own !== null) return copiedItself(who, own, cluster, took);
  const began = story.steps.find((step) => step.who === who)!.n;
  const looks = looksAt(story, who, began, pass.n, cluster);
  const others = [...new Set(story.steps.slice(0, pass.n).map((step) => step.who))].filter((other) => other !== who);
  const copying = others.flatMap((other) => copyUnderWay(story, other, cluster, pass.n) ?? []);
  const meanwhile = copying.map((copy) => `, while ${nameOfWho(copy.who)}'s copy of it had been in flight since step ${copy.n}`).join('');
  const asked = lastStep(story, pass.n, (step) => step.who === who && meaningOf(step.step).role === 'waitsForCopy');
  const found = looks.length === 0 ? '' : `; ${looksInWords(who, looks)}`;
  const waited = asked === null ? '' : `, after a wait for a copy that ended at step ${asked.n}`;
  const guilty: GuiltyStep[] = [
    ...looks.flatMap(({ cell, value, set }) => (set === null ? [] : [{ step: set.step, note: `${cell} becomes ${value}` }])),
    { step: pass.n, note: `the hook lets ${who} pass without copying cluster ${cluster}` },
  ];
  return {
    guilty,
    because: `the hook let it pass at step ${pass.n}${waited}, without a copy of cluster ${cluster} by ${who}${meanwhile}${found}`,
    ...(copying.length === 0 ? {} : { should: `${who} should have waited until that copy had read the old data` }),
  };
}

function copiedItself(who: string, own: StoryStep, cluster: number, took: StoryStep | null): Passage {
  return {
    guilty: [{ step: own.n, note: `${who} stores its own copy of cluster ${cluster}` }],
    because: `it had copied cluster ${cluster} itself, and stored of it at step ${own.n}`,
    ...(took === null ? {} : { should: `${nameOfWho(took.who)} should not have copied cluster ${cluster} again` }),
  };
}
