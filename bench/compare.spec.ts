import { expect, it } from 'vitest';
import { figuresInWords } from '../src/edge/cli/commands/bench.ts';
import { compare } from './compare.ts';
import type { Figure } from './figure.ts';

const figure = (name: string, ratio: number): Figure => {
  const peer = { name: 'fast-check', value: 100, ratio };
  return { name, value: 100 * ratio, unit: 'schedules/s', peer, ratio, otherPeers: [] };
};

it('puts the ratio of an earlier run beside that of now, where both have one', () => {
  const compared = compare(
    [figure('one', 3), figure('other', 5)],
    new Map([
      ['one', 2],
      ['of yore', 1],
    ]),
  );
  expect(compared.map(({ earlierRatio, change }) => ({ earlierRatio, change }))).toEqual([
    { earlierRatio: 2, change: 1.5 },
    { earlierRatio: null, change: null },
  ]);
  const words = figuresInWords(compared);
  expect(words).toContain(' 2.00 x then, 3.00 x now: 1.50 times as good\n');
  expect(words).toContain('not measured then');
  expect(words).not.toContain('exhaustive');
});
