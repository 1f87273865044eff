/** A custom job has stored a sector a second time. */
import { type Facts, inOrder } from '../story/facts.ts';
import { lastStore } from '../story/provenance.ts';
import { type Story, clusterOf } from '../story/story.ts';
import { nameOfWho, sentences } from '../story/words.ts';
import { looksAt, looksInWords } from './own-cells.ts';

export function copiedTwice(story: Story): Facts | null {
  const { sector, property } = story.violation;
  const again = story.steps.at(-1)!;
  const before = property === 'copies-no-more' && sector !== undefined ? lastStore(story, sector, again.n - 1) : null;
  if (before === null || sector === undefined) return null;
  const cluster = clusterOf(story, sector);
  const looks = looksAt(story, again.who, 1, again.n, cluster);
  const [first, second] = [nameOfWho(before.who), nameOfWho(again.who)];
  const found = looks.length === 0 ? `${second} had read none of the job's cells for cluster ${cluster}` : looksInWords(again.who, looks);
  const isEarly = looks.some(({ step }) => step < before.n);
  const should = isEarly
    ? `${second} should have checked again after ${first}'s copy had ended`
    : `cluster ${cluster} should have been skipped`;
  return {
    shape: 'copied twice',
    sector,
    sentence: sentences(
      `${second} stored sector ${sector} at step ${again.n}, although ${first} had stored it at step ${before.n}`,
      found,
      `${should}: a second copy may read what a guest has written since`,
    ),
    guilty: inOrder([
      { step: before.n, note: `${first} stores sector ${sector}` },
      ...looks.map(({ step, cell: looked, value }) => ({ step, note: `${second} finds ${looked} to be ${value}` })),
      { step: again.n, note: `${second} stores it again` },
    ]),
    order: null,
  };
}
