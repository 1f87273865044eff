/** Two tabs lose nothing, whatever they have done in whatever order. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { NOTHING, type Progress, merged, readProgress } from './merge-progress.ts';

const counts = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.nat(3));
const answers = fc.array(fc.option(fc.nat(2)), { maxLength: 3 });
const progress: fc.Arbitrary<Progress> = fc.record({ bets: counts, stars: counts, before: answers, after: answers });

it('keeps every bet, the most stars and every answer of both', () => {
  fc.assert(
    fc.property(progress, progress, (mine, theirs) => {
      const both = merged(mine, theirs);
      for (const one of [mine, theirs]) {
        for (const lesson of Object.keys(one.bets)) expect(both.bets).toHaveProperty(lesson);
        for (const [name, stars] of Object.entries(one.stars)) expect(both.stars[name]).toBeGreaterThanOrEqual(stars);
        for (const [i, answer] of one.before.entries()) if (answer !== null) expect(both.before[i]).not.toBeNull();
      }
      expect(merged(both, theirs)).toEqual(both);
    }),
    { seed: 7, numRuns: 300 },
  );
});

it.each(['', '{', '7', '[]', '{"bets":[1],"stars":{"a":"x"},"before":7}'])('reads nothing wrong out of %j', (text) => {
  const read = readProgress(text);
  expect(read.stars).toEqual({});
  expect(read.before).toEqual([]);
});

it('reads what it wrote', () => {
  const some: Progress = { ...NOTHING, bets: { cancel: 1 }, stars: { cancel: 3 }, after: [0, null, 2] };
  expect(readProgress(JSON.stringify(some))).toEqual(some);
});
