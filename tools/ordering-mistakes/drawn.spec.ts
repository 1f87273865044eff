import { join } from 'node:path';
import { expect, it } from 'vitest';
import { drawnMistakes, sourcesIn } from './drawn.ts';
import { EQUIVALENT } from './equivalent.ts';

const ROOT = join(import.meta.dirname, '../..');
const drawn = drawnMistakes(ROOT);

it('draws at least a hundred mistakes that make another job, in every file and of every kind', () => {
  const different = drawn.filter(({ id }) => EQUIVALENT[id] === undefined);
  expect(different.length).toBeGreaterThanOrEqual(100);
  expect(new Set(different.map(({ source }) => source.file))).toEqual(new Set(sourcesIn(ROOT).map(({ file }) => file)));
  expect(new Set(different.map(({ operator }) => operator)).size).toBe(16);
});

it('draws none twice, and none of what a rule decides', () => {
  expect(new Set(drawn.map(({ id }) => id)).size).toBe(drawn.length);
  for (const { says } of drawn) {
    const lines = (sign: string): string =>
      says
        .split('\n')
        .filter((line) => line.startsWith(`  ${sign} `))
        .join('\n')
        .slice(4);
    expect(lines('-')).not.toBe(lines('+'));
  }
});
