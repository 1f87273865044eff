import { expect, it } from 'vitest';
import { Region } from './cell-regions.ts';

it('tells every region from every other: what is allowed on one may be unsound on the next', () => {
  const values = Object.values(Region);
  expect(new Set(values).size).toBe(values.length);
});
