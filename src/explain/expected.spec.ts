/** What is found in each kept trace is what expected.yaml, written by hand, says. */
import { readFileSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { FailingTrace } from '../trace/format.ts';
import { readFailing } from '../testing.ts';
import type { Facts } from './story/facts.ts';
import { factsOf } from './facts-of.ts';
import { storyOf } from './story/story.ts';

interface Expected {
  readonly shape: string;
  readonly sector?: number;
  readonly guilty: readonly number[];
  readonly order?: readonly [number | 'never', number];
}

const EXPECTED = parse(readFileSync(new URL('expected.yaml', import.meta.url), 'utf8')) as { readonly gallery: Record<string, Expected> };
const GALLERY = new URL('../../traces/gallery/', import.meta.url);
const read = (name: string): FailingTrace => readFailing(readFileSync(new URL(`${name}.trace.yaml`, GALLERY), 'utf8'));

/** As the table writes it. */
function asExpected({ shape, sector, guilty, order }: Facts): Expected {
  return {
    shape: shape ?? 'none',
    ...(sector === null ? {} : { sector }),
    guilty: guilty.map(({ step }) => step),
    ...(order === null ? {} : { order: [order.first.step ?? 'never', order.second.step!] as const }),
  };
}

describe('traces/gallery', () => {
  const names = readdirSync(GALLERY).map((file) => file.replace('.trace.yaml', ''));

  it('has a row in the table for each trace', () => {
    expect(Object.keys(EXPECTED.gallery).toSorted()).toEqual(names.toSorted());
  });

  it.each(names)('%s', (name) => {
    expect(asExpected(factsOf(storyOf(read(name))!))).toEqual(EXPECTED.gallery[name]);
  });
});
